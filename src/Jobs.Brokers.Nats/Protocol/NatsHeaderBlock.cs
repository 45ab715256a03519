using System.Buffers;
using System.Text;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Puts a header block together. To be used again and again; not for concurrent use.</summary>
internal sealed class NatsHeaderBlock
{
    private static readonly SearchValues<byte> InName = SearchValues.Create(Encoding.ASCII.GetBytes(PrintableAscii.Without(":")));

    // Always ends with the empty line that ends a block.
    private byte[] _bytes = new byte[256];
    private int _length;

    public static ReadOnlySpan<byte> FirstLine => "NATS/1.0"u8;

    /// <summary>The block; empty if there are no headers. Valid until the next change.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public NatsHeaderBlock Clear()
    {
        _length = 0;
        return this;
    }

    /// <exception cref="ArgumentException">The name or the value would break the block.</exception>
    public NatsHeaderBlock Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty || name.ContainsAnyExcept(InName))
        {
            throw new ArgumentException($"'{Encoding.UTF8.GetString(name)}' cannot name a header.", nameof(name));
        }

        if (value.ContainsAny((byte)'\r', (byte)'\n'))
        {
            throw new ArgumentException($"The value of header '{Encoding.UTF8.GetString(name)}' has a line break.", nameof(value));
        }

        if (_length == 0)
        {
            Append(FirstLine);
            Append("\r\n"u8);
        }
        else
        {
            _length -= 2;
        }

        Append(name);
        Append(": "u8);
        Append(value);
        Append("\r\n\r\n"u8);
        return this;
    }

    /// <summary>The value in UTF-8.</summary>
    public NatsHeaderBlock Add(ReadOnlySpan<byte> name, string value)
    {
        Span<byte> text = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(value, text, out var length) ? Add(name, text[..length]) : Add(name, Encoding.UTF8.GetBytes(value));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + bytes.Length, 2 * _bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
