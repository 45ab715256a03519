using System.Buffers.Text;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>A header block: <c>NATS/1.0[ status[ text]]</c>, and one line for each header. Names compare exactly.</summary>
/// <remarks>https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-4.md</remarks>
internal readonly ref struct NatsHeaders(ReadOnlySpan<byte> block)
{
    private readonly ReadOnlySpan<byte> _block = block;

    public bool IsEmpty => _block.IsEmpty;

    /// <summary>The code of the status line, as 404; 0 without one.</summary>
    public int Status => Utf8Parser.TryParse(StatusLine, out int code, out _) ? code : 0;

    /// <summary>What the status line says after the code; often nothing.</summary>
    public ReadOnlySpan<byte> StatusText
    {
        get
        {
            var line = StatusLine;
            var blank = line.IndexOf((byte)' ');
            return blank < 0 ? [] : line[blank..].Trim((byte)' ');
        }
    }

    private ReadOnlySpan<byte> StatusLine
    {
        get
        {
            var end = _block.IndexOf("\r\n"u8);
            return end > NatsHeaderBlock.FirstLine.Length ? _block[NatsHeaderBlock.FirstLine.Length..end].Trim((byte)' ') : [];
        }
    }

    /// <summary>The first header of that name.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var header in this)
        {
            if (header.Name.SequenceEqual(name))
            {
                value = header.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public Enumerator GetEnumerator() => new(_block);

    /// <summary>A header.</summary>
    public readonly ref struct Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        public ReadOnlySpan<byte> Name { get; } = name;

        public ReadOnlySpan<byte> Value { get; } = value;
    }

    /// <summary>Goes over the headers in their order. What is no header is passed over.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        public Enumerator(ReadOnlySpan<byte> block)
        {
            _rest = block;
            TakeLine();
        }

        public Header Current { get; private set; }

        public bool MoveNext()
        {
            while (!_rest.IsEmpty)
            {
                var line = TakeLine();
                var colon = line.IndexOf((byte)':');
                if (colon > 0)
                {
                    Current = new Header(line[..colon], line[(colon + 1)..].Trim(" \t"u8));
                    return true;
                }
            }

            return false;
        }

        private ReadOnlySpan<byte> TakeLine()
        {
            var end = _rest.IndexOf("\r\n"u8);
            var line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 2)..];
            return line;
        }
    }
}
