using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Jobs.Enqueueing;

/// <summary>Makes job ids: UUID version 7 (RFC 9562), increasing per thread. Safe for concurrent use; does not allocate.</summary>
/// <remarks>48 bits of time, a 12-bit counter that starts at random in the lower half of its range each millisecond (RFC 9562 section 6.2,
/// method 1), and 62 random bits from a block that each thread refills: asking the system for each id would cost more than all the rest of an enqueue.</remarks>
internal sealed class JobIdGenerator(TimeProvider time)
{
    private const int BlockBytes = 4096;
    private const int MaxCounter = 0xFFF;

    [ThreadStatic]
    private static State? _state;

    /// <summary>A new id for the present time.</summary>
    public JobId Next() => Next(time.GetUtcNow());

    /// <summary>A new id for a time just read from the clock.</summary>
    public JobId Next(DateTimeOffset now)
    {
        var state = _state ??= new State();
        if (state.Owner != this)
        {
            // Another host's clock says nothing about ours.
            state.Owner = this;
            state.Milliseconds = long.MinValue;
        }

        var random = state.NextRandom();
        var milliseconds = now.ToUnixTimeMilliseconds();
        if (milliseconds > state.Milliseconds)
        {
            state.Milliseconds = milliseconds;
            state.Counter = (int)(state.NextRandom() & (MaxCounter >> 1));
        }
        else if (++state.Counter > MaxCounter)
        {
            // The clock stood still, or went back, for longer than the counter lasts: borrow from the future.
            state.Milliseconds++;
            state.Counter = 0;
        }

        milliseconds = state.Milliseconds;
        return new JobId(new Guid(
            (int)(milliseconds >> 16),
            (short)milliseconds,
            (short)(0x7000 | state.Counter),
            (byte)(0x80 | (random >> 56 & 0x3F)),
            (byte)(random >> 48),
            (byte)(random >> 40),
            (byte)(random >> 32),
            (byte)(random >> 24),
            (byte)(random >> 16),
            (byte)(random >> 8),
            (byte)random));
    }

    private sealed class State
    {
        private readonly byte[] _block = new byte[BlockBytes];
        private int _used = BlockBytes;

        public JobIdGenerator? Owner { get; set; }

        public long Milliseconds { get; set; }

        public int Counter { get; set; }

        public ulong NextRandom()
        {
            if (_used == BlockBytes)
            {
                RandomNumberGenerator.Fill(_block);
                _used = 0;
            }

            var random = BinaryPrimitives.ReadUInt64LittleEndian(_block.AsSpan(_used));
            _used += sizeof(ulong);
            return random;
        }
    }
}
