using Jobs.Messages;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>A stream entry in hand, with a copy of its bytes. Pooled, a small buffer with it: <see cref="JobDelivery.Generation"/> tells its uses apart.</summary>
internal sealed class RedisDelivery(RedisReceiver owner) : JobDelivery
{
    private const long Leased = 0;
    private const long Settling = 1;
    private const long Settled = 2;
    private const int SmallestBuffer = 256;
    private const int LargestBufferKept = 4 * 1024;

    private byte[] _bytes = [];

    // Generation and state in one word: a settlement of an earlier use must not take this one.
    private long _ticket = Settled;
    private SettleKind _settledAs;
    private long _leaseEndsAt;

    public RedisReceiver Owner => owner;

    public EntryId Entry { get; private set; }

    /// <summary>Its stream's place in the keys of the queue.</summary>
    public int Level { get; private set; }

    /// <summary>When the lease ends unless renewed: a timestamp of the clock.</summary>
    public long LeaseEndsAt => Volatile.Read(ref _leaseEndsAt);

    public override string Queue => owner.Queue;

    public override string BrokerMessageId => Entry.ToString();

    /// <summary>Begins a use with a copy of what the server sent.</summary>
    public void Begin(int level, EntryId entry, ReadOnlySpan<byte> document, ReadOnlySpan<byte> state, int deliveries, LeaseEnd lease)
    {
        Generation++;
        Level = level;
        Entry = entry;
        Deliveries = deliveries;
        Extend(lease);
        if (_bytes.Length < document.Length)
        {
            _bytes = new byte[Math.Max(document.Length, SmallestBuffer)];
        }

        document.CopyTo(_bytes);
        var isRead = JobMessage.TryFromBytes(_bytes.AsMemory(0, document.Length), state, out var message, out var error);
        Message = isRead ? message : null;
        DecodeError = error;
        Volatile.Write(ref _ticket, Ticket(Generation, Leased));
    }

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
    public void End(SettleKind kind)
    {
        _settledAs = kind;
        Run = null;
        if (kind == SettleKind.Complete)
        {
            Message?.Release();
        }

        if (kind != SettleKind.Complete || _bytes.Length > LargestBufferKept)
        {
            _bytes = [];
        }

        Message = null;
        DecodeError = null;
        Volatile.Write(ref _ticket, Ticket(Generation, Settled));
    }

    private static long Ticket(int generation, long state) => ((long)generation << 2) | state;
}
