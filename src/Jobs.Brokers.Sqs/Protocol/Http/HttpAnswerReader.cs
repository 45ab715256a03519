using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using Jobs.Brokers.Sqs.Protocol.Answers;

namespace Jobs.Brokers.Sqs.Protocol.Http;

/// <summary>Reads one answer of HTTP/1.1 from a connection that blocks. For one answer.</summary>
/// <param name="read">Waits for bytes, and gives how many came; 0 at the end of the connection.</param>
internal ref struct HttpAnswerReader(HttpAnswerReader.Source read)
{
    private const int LongestHead = 64 * 1024;

    private readonly Source _read = read;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _start;
    private int _end;

    /// <summary>Waits for bytes, and gives how many came; 0 at the end of the connection.</summary>
    public delegate int Source(Span<byte> buffer);

    /// <summary>True once anything has come: then the request has reached someone.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True if another request may be sent on the connection.</summary>
    public bool IsReusable { get; private set; }

    /// <summary>Reads it.</summary>
    /// <param name="time">The clock.</param>
    /// <exception cref="InvalidDataException">It is no answer of HTTP/1.1, or too large.</exception>
    /// <exception cref="EndOfStreamException">The connection ended in it.</exception>
    public HttpAnswer Read(TimeProvider time)
    {
        try
        {
            return ReadAnswer(time);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private HttpAnswer ReadAnswer(TimeProvider time)
    {
        var line = ReadLine();
        var answeredAt = time.GetTimestamp();
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(line[9..12], out int status, out _) || status is < 200 or > 599)
        {
            throw new InvalidDataException("It is no answer of HTTP/1.1.");
        }

        IsReusable = line[7] == (byte)'1';
        long? length = null;
        var isChunked = false;
        string? requestId = null;
        DateTimeOffset? date = null;
        var size = 0;
        for (line = ReadLine(); !line.IsEmpty; line = ReadLine())
        {
            if ((size += line.Length) > LongestHead || line.IndexOf((byte)':') is not (> 0 and var colon))
            {
                throw new InvalidDataException("Its headers are too long, or no headers.");
            }

            var name = line[..colon];
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Is(name, "content-length"u8))
            {
                length = Utf8Parser.TryParse(value, out long number, out var parsed) && parsed == value.Length && number >= 0 ? number : throw new InvalidDataException("Its length is no number.");
            }
            else if (Is(name, "transfer-encoding"u8))
            {
                isChunked = Is(value, "chunked"u8) ? true : throw new InvalidDataException("Its encoding is not known.");
            }
            else if (Is(name, "connection"u8))
            {
                IsReusable &= !Is(value, "close"u8);
            }
            else if (Is(name, "x-amzn-requestid"u8))
            {
                requestId = Encoding.ASCII.GetString(value);
            }
            else if (Is(name, "date"u8) && DateTimeOffset.TryParse(Encoding.ASCII.GetString(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsedDate))
            {
                date = parsedDate;
            }
        }

        IsReusable &= isChunked || length is not null;
        var body = new BodyBuffer();
        try
        {
            if (isChunked)
            {
                ReadChunks(ref body);
            }
            else
            {
                ReadBody(ref body, length);
            }

            return new HttpAnswer((HttpStatusCode)status, requestId, date, new SqsAnswer(body.Bytes, body.Length, answeredAt));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(body.Bytes);
            throw;
        }
    }

    private void ReadChunks(ref BodyBuffer body)
    {
        while (true)
        {
            var line = ReadLine();
            var digits = line.IndexOf((byte)';') is >= 0 and var end ? line[..end] : line;
            if (digits.Length is 0 or > 8 || !Utf8Parser.TryParse(digits, out uint size, out var parsed, 'x') || parsed != digits.Length)
            {
                throw new InvalidDataException("A chunk has no size.");
            }

            if (size == 0)
            {
                break;
            }

            ReadBody(ref body, size);
            if (!ReadLine().IsEmpty)
            {
                throw new InvalidDataException("A chunk is longer than its size.");
            }
        }

        // Trailers.
        for (var size = 0; ReadLine() is { IsEmpty: false } line;)
        {
            if ((size += line.Length) > LongestHead)
            {
                throw new InvalidDataException("Its trailers are too long.");
            }
        }
    }

    // Without a length the body lasts as long as the connection.
    private void ReadBody(ref BodyBuffer body, long? length)
    {
        for (var left = length ?? long.MaxValue; left > 0;)
        {
            if (_start == _end && !Fill())
            {
                if (length is null)
                {
                    return;
                }

                throw new EndOfStreamException("The connection ended within the answer.");
            }

            var taken = (int)Math.Min(left, _end - _start);
            body.Append(_buffer.AsSpan(_start, taken));
            _start += taken;
            left -= taken;
        }
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        for (var searched = 0; ;)
        {
            var pending = _buffer.AsSpan(_start, _end - _start);
            if (pending[searched..].IndexOf((byte)'\n') is >= 0 and var at)
            {
                at += searched;
                _start += at + 1;
                return pending[..at].TrimEnd((byte)'\r');
            }

            searched = pending.Length;
            if (searched > LongestHead)
            {
                throw new InvalidDataException("A line is too long.");
            }

            if (!Fill())
            {
                throw new EndOfStreamException("The connection ended before the answer.");
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = _read(_buffer.AsSpan(_end));
        _end += read;
        HasBegun |= read > 0;
        return read > 0;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
}
