using Jobs.Messages;

namespace Jobs.Brokers;

/// <summary>A delivery that holds a copy of the bytes received, and knows whether it is leased, being settled, or settled. For adapters.</summary>
/// <remarks>Pooled, a small buffer with it: <see cref="JobDelivery.Generation"/> tells its uses apart. The bytes are decoded when the message is
/// first read, which the worker does while the broker gathers the next deliveries.</remarks>
internal abstract class LeasedDelivery : JobDelivery
{
    private const long Leased = 0;
    private const long Settling = 1;
    private const long Settled = 2;
    private const long Lost = 3;
    private const int SmallestBuffer = 256;
    private const int LargestBufferKept = 4 * 1024;

    private byte[] _bytes = [];
    private int _stateLength;
    private bool _isDecoded = true;
    private JobMessage? _message;
    private string? _decodeError;

    // Generation and state in one word: a settlement of an earlier use must not take this one.
    private long _ticket = Settled;
    private SettleKind _settledAs;
    private long _leaseEndsAt;

    public override JobMessage? Message
    {
        get
        {
            if (!_isDecoded)
            {
                Decode();
            }

            return _message;
        }
    }

    public override string? DecodeError => Message is null ? _decodeError : null;

    /// <summary>The place of its level, highest first.</summary>
    public int Level { get; private set; }

    /// <summary>When the lease ends unless renewed: a timestamp of the clock.</summary>
    public long LeaseEndsAt => Volatile.Read(ref _leaseEndsAt);

    /// <summary>False once it was settled, or lost.</summary>
    public bool IsInHand => (Volatile.Read(ref _ticket) & 3) < Settled;

    /// <summary>The document of this use.</summary>
    public ReadOnlyMemory<byte> Document { get; private set; }

    public void Extend(LeaseEnd lease)
    {
        LeaseUntil = lease.Until;
        Volatile.Write(ref _leaseEndsAt, lease.Timestamp);
    }

    /// <summary>Takes the delivery for one settlement; false if another has it, or had it.</summary>
    public bool TryBeginSettling(int generation) =>
        Interlocked.CompareExchange(ref _ticket, Ticket(generation, Settling), Ticket(generation, Leased)) == Ticket(generation, Leased);

    /// <summary>True if this use was settled, and as what is asked.</summary>
    public bool WasSettled(int generation, SettleKind kind) => Volatile.Read(ref _ticket) == Ticket(generation, Settled) && _settledAs == kind;

    /// <summary>Nothing was settled: it may be tried again.</summary>
    public void Keep() => Volatile.Write(ref _ticket, Ticket(Generation, Leased));

    /// <summary>Ends the use. What ran to its end needs its bytes no more; a run that did not may still hold them.</summary>
    public void End(SettleKind kind) => End(kind, Settled);

    private void End(SettleKind kind, long state)
    {
        _settledAs = kind;
        Run = null;
        if (kind == SettleKind.Complete)
        {
            _message?.Release();
        }

        if (kind != SettleKind.Complete || _bytes.Length > LargestBufferKept)
        {
            _bytes = [];
        }

        _message = null;
        _decodeError = null;
        _isDecoded = true;
        Document = default;
        Volatile.Write(ref _ticket, Ticket(Generation, state));
    }

    /// <summary>Ends the use without a settlement: somebody else has it, or will.</summary>
    public void Lose() => End(SettleKind.Release, Lost);

    /// <summary>Begins a use with a copy of what the server sent.</summary>
    protected void Begin(int level, ReadOnlySpan<byte> document, ReadOnlySpan<byte> state, int deliveries, LeaseEnd lease)
    {
        Generation++;
        Level = level;
        Deliveries = deliveries;
        Extend(lease);
        var length = document.Length + state.Length;
        if (_bytes.Length < length)
        {
            _bytes = new byte[Math.Max(length, SmallestBuffer)];
        }

        document.CopyTo(_bytes);
        state.CopyTo(_bytes.AsSpan(document.Length));
        Document = _bytes.AsMemory(0, document.Length);
        _stateLength = state.Length;
        _isDecoded = false;
        Volatile.Write(ref _ticket, Ticket(Generation, Leased));
    }

    private void Decode()
    {
        var isRead = JobMessage.TryFromBytes(Document, _bytes.AsSpan(Document.Length, _stateLength), out var message, out _decodeError);
        _message = isRead ? message : null;
        _isDecoded = true;
    }

    private static long Ticket(int generation, long state) => ((long)generation << 2) | state;
}
