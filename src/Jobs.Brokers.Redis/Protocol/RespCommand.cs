using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>One command, encoded while it is put together. Pooled; not for concurrent use.</summary>
/// <remarks>It belongs to the client from the call until the returned task has completed; then it may be sent again, or released.</remarks>
internal sealed class RespCommand
{
    // How many arguments there are is known last, and written so that it ends here: "*{count}\r\n" with as few digits as it has.
    private const int HeadRoom = 1 + 10 + 2;
    private const int SmallBuffer = 512;
    private const int LargestPooledBuffer = 64 * 1024;
    private const int MostPooled = 1024;

    private static readonly ConcurrentQueue<RespCommand> Pool = new();

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
    private int _end = HeadRoom;
    private int _arguments;
    private int _scriptTail;
    private int _keyStart;
    private int _keyLength;
    private bool _isPooled;

    private RespCommand()
    {
    }

    /// <summary>How many bytes it has on the wire.</summary>
    public int Length => _end - HeadRoom + HeadLength;

    /// <summary>The script that it calls, or null.</summary>
    public RedisScript? Script { get; private set; }

    /// <summary>True if the connection's reader runs what waits for the reply: only code of ours, which neither blocks nor runs a user's.</summary>
    public bool ContinuesInline { get; set; }

    /// <summary>The first key; empty if there is none.</summary>
    public ReadOnlySpan<byte> FirstKey => _buffer.AsSpan(_keyStart, _keyLength);

    /// <summary>How many bytes it has with its script's source in place of the hash.</summary>
    public int FullLength => Script is null ? Length : HeadLength + FullNameLength(Script) + _end - _scriptTail;

    private int HeadLength => 1 + RespWriter.Digits(_arguments) + 2;

    /// <summary>Takes a command from the pool.</summary>
    public static RespCommand Rent(ReadOnlySpan<byte> name)
    {
        if (!Pool.TryDequeue(out var command))
        {
            command = new RespCommand();
        }

        command._isPooled = false;
        return command.Add(name);
    }

    /// <summary>A call of a script: EVALSHA, or EVAL where the server does not have it. Keys come next, then arguments.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">How many keys follow, 1 or more.</param>
    public static RespCommand Rent(RedisScript script, int keys)
    {
        var command = Rent("EVALSHA"u8).Add(script.Hash);
        command.Script = script;
        command._scriptTail = command._end;
        return command.Add(keys);
    }

    /// <summary>The next argument is a key; the first one decides which node of a cluster is asked.</summary>
    public RespCommand Key(ReadOnlySpan<byte> key)
    {
        Add(key);
        if (_keyStart == 0)
        {
            _keyStart = _end - 2 - key.Length;
            _keyLength = key.Length;
        }

        return this;
    }

    /// <summary>A key in UTF-8.</summary>
    public RespCommand KeyText(string key)
    {
        Add(key);
        if (_keyStart == 0)
        {
            _keyLength = Encoding.UTF8.GetByteCount(key);
            _keyStart = _end - 2 - _keyLength;
        }

        return this;
    }

    public RespCommand Add(ReadOnlySpan<byte> argument)
    {
        argument.CopyTo(NextArgument(argument.Length));
        return this;
    }

    /// <summary>Text in UTF-8.</summary>
    public RespCommand Add(string argument)
    {
        Encoding.UTF8.GetBytes(argument, NextArgument(Encoding.UTF8.GetByteCount(argument)));
        return this;
    }

    public RespCommand Add(long argument)
    {
        Span<byte> text = stackalloc byte[20];
        argument.TryFormat(text, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        return Add(text[..length]);
    }

    /// <summary>Room for an argument, which the caller fills before anything else is added.</summary>
    public Span<byte> AddRoom(int length) => NextArgument(length);

    /// <summary>Text in UTF-8 after bytes, in one argument.</summary>
    public RespCommand Add(ReadOnlySpan<byte> prefix, string text)
    {
        var argument = NextArgument(prefix.Length + Encoding.UTF8.GetByteCount(text));
        prefix.CopyTo(argument);
        Encoding.UTF8.GetBytes(text, argument[prefix.Length..]);
        return this;
    }

    /// <summary>A stream entry's id: <c>{milliseconds}-{sequence}</c>.</summary>
    public RespCommand AddId(ulong milliseconds, ulong sequence)
    {
        Span<byte> text = stackalloc byte[41];
        milliseconds.TryFormat(text, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        text[length++] = (byte)'-';
        sequence.TryFormat(text[length..], out var rest, provider: System.Globalization.CultureInfo.InvariantCulture);
        return Add(text[..(length + rest)]);
    }

    /// <summary>What is sent.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        var start = HeadRoom - HeadLength;
        RespWriter.WriteLine(_buffer.AsSpan(start), RespType.Array, _arguments);
        return _buffer.AsSpan(start, _end - start);
    }

    /// <summary>Writes what is sent to a server that may not have the script: EVAL with its source.</summary>
    /// <param name="destination">Room for <see cref="FullLength"/> bytes.</param>
    public void EncodeFull(Span<byte> destination)
    {
        if (Script is null)
        {
            Encode().CopyTo(destination);
            return;
        }

        var at = RespWriter.WriteLine(destination, RespType.Array, _arguments);
        at += RespWriter.WriteBulk(destination[at..], "EVAL"u8);
        at += RespWriter.WriteBulk(destination[at..], Script.Source);
        _buffer.AsSpan(_scriptTail, _end - _scriptTail).CopyTo(destination[at..]);
    }

    /// <summary>Gives it back to the pool.</summary>
    public void Release()
    {
        ObjectDisposedException.ThrowIf(_isPooled, this);
        _isPooled = true;
        _end = HeadRoom;
        _arguments = _scriptTail = _keyStart = _keyLength = 0;
        Script = null;
        ContinuesInline = false;
        if (_buffer.Length > LargestPooledBuffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        }

        if (Pool.Count < MostPooled)
        {
            Pool.Enqueue(this);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private static int FullNameLength(RedisScript script) => RespWriter.BulkLength(4) + RespWriter.BulkLength(script.Source.Length);

    // Writes the length and the ends, and leaves the room between them.
    private Span<byte> NextArgument(int length)
    {
        ObjectDisposedException.ThrowIf(_isPooled, this);
        var size = RespWriter.BulkLength(length);
        if (size > _buffer.Length - _end)
        {
            Grow(size);
        }

        var start = _end + RespWriter.WriteLine(_buffer.AsSpan(_end), RespType.BulkString, length);
        _end += size;
        _buffer[_end - 2] = (byte)'\r';
        _buffer[_end - 1] = (byte)'\n';
        _arguments++;
        return _buffer.AsSpan(start, length);
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(Math.Max((long)_end + size, 2L * _buffer.Length), Array.MaxLength)));
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
