using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Messages that go out together, encoded as they are added. Pooled; not for concurrent use.</summary>
/// <remarks>It belongs to the client from the call of <see cref="INatsClient.TrySend"/>; one that is not sent is disposed.</remarks>
internal sealed class NatsBatch : IDisposable
{
    private const int SmallBuffer = 1024;
    private const int LargestPooledBuffer = 1024 * 1024;
    private const int MostPooled = 256;
    private const int LargestHeaders = 64 * 1024;

    // The longest command with its numbers, blanks and CR LF, but without its subjects.
    private const int CommandRoom = 64;

    private static readonly ConcurrentQueue<NatsBatch> Pool = new();

    private readonly List<ulong> _requests = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(SmallBuffer);
    private ReplySlots? _slots;
    private int _maxPayload;

    private NatsBatch()
    {
    }

    /// <summary>How many messages and requests it has.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes it has on the wire.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>The requests in it, by the places of their replies.</summary>
    public List<ulong> Requests => _requests;

    /// <summary>Set if it ends with a PING: completes with the PONG.</summary>
    public TaskCompletionSource? Barrier { get; private set; }

    public bool HasPing { get; private set; }

    /// <summary>Takes one from the pool.</summary>
    /// <param name="slots">Where replies go.</param>
    /// <param name="maxPayload">The most bytes of a message.</param>
    public static NatsBatch Rent(ReplySlots? slots, int maxPayload)
    {
        if (!Pool.TryDequeue(out var batch))
        {
            batch = new NatsBatch();
        }

        batch._slots = slots;
        batch._maxPayload = maxPayload;
        return batch;
    }

    /// <summary>A message that nobody answers, or whose replies go to a subscription.</summary>
    /// <exception cref="ArgumentException">A subject is not valid.</exception>
    /// <exception cref="NatsMaxPayloadException">The message is too large.</exception>
    public NatsBatch Publish(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        Check(subject, headers, payload);
        if (!replyTo.IsEmpty)
        {
            NatsSubject.CheckLiteral(replyTo);
        }

        Encode(subject, replyTo, headers, payload);
        return this;
    }

    /// <summary>A message that is answered.</summary>
    /// <param name="subject">Where to.</param>
    /// <param name="headers">A block, or empty.</param>
    /// <param name="payload">What.</param>
    /// <param name="handler">Hears of the reply, once the batch has been sent.</param>
    /// <param name="token">Tells the handler which request it is.</param>
    /// <exception cref="ArgumentException">The subject is not valid.</exception>
    /// <exception cref="NatsMaxPayloadException">The message is too large.</exception>
    public NatsBatch Request(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, IReplyHandler handler, long token)
    {
        Check(subject, headers, payload);
        Span<byte> replyTo = stackalloc byte[ReplySlots.LongestSubject];
        var id = _slots!.Reserve(subject, handler, token);
        _requests.Add(id);
        Encode(subject, replyTo[.._slots.WriteSubject(replyTo, id)], headers, payload);
        return this;
    }

    /// <summary>SUB.</summary>
    public NatsBatch Subscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, long id)
    {
        var writer = new CommandWriter(Room(subject.Length + queueGroup.Length + CommandRoom));
        writer.Add("SUB "u8);
        writer.Add(subject);
        writer.Add(" "u8);
        if (!queueGroup.IsEmpty)
        {
            writer.Add(queueGroup);
            writer.Add(" "u8);
        }

        writer.Add(id);
        return Added(writer);
    }

    /// <summary>UNSUB.</summary>
    public NatsBatch Unsubscribe(long id)
    {
        var writer = new CommandWriter(Room(CommandRoom));
        writer.Add("UNSUB "u8);
        writer.Add(id);
        return Added(writer);
    }

    /// <summary>PING; the last command of a batch.</summary>
    public NatsBatch Ping(TaskCompletionSource? barrier)
    {
        HasPing = true;
        Barrier = barrier;
        var writer = new CommandWriter(Room(CommandRoom));
        writer.Add("PING"u8);
        return Added(writer);
    }

    public NatsBatch Pong()
    {
        var writer = new CommandWriter(Room(CommandRoom));
        writer.Add("PONG"u8);
        return Added(writer);
    }

    /// <summary>Gives it back; requests in it that were not sent are forgotten.</summary>
    public void Dispose()
    {
        foreach (var id in _requests)
        {
            _slots!.Forget(id);
        }

        Return();
    }

    /// <summary>Gives it back once it has been sent.</summary>
    public void Return()
    {
        _requests.Clear();
        _slots = null;
        Count = Length = 0;
        HasPing = false;
        Barrier = null;
        if (_bytes.Length > LargestPooledBuffer)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        }

        if (Pool.Count < MostPooled)
        {
            Pool.Enqueue(this);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }

    private void Check(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        NatsSubject.CheckLiteral(subject);
        if (headers.Length > LargestHeaders)
        {
            throw new NatsMaxPayloadException(headers.Length, LargestHeaders, "header block");
        }

        if ((long)headers.Length + payload.Length > _maxPayload)
        {
            throw new NatsMaxPayloadException((long)headers.Length + payload.Length, _maxPayload, "message");
        }
    }

    private void Encode(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        var writer = new CommandWriter(Room(CommandRoom + subject.Length + replyTo.Length + headers.Length + payload.Length));
        writer.Add(headers.IsEmpty ? "PUB "u8 : "HPUB "u8);
        writer.Add(subject);
        writer.Add(" "u8);
        if (!replyTo.IsEmpty)
        {
            writer.Add(replyTo);
            writer.Add(" "u8);
        }

        if (!headers.IsEmpty)
        {
            writer.Add(headers.Length);
            writer.Add(" "u8);
        }

        writer.Add(headers.Length + payload.Length);
        writer.Add("\r\n"u8);
        writer.Add(headers);
        writer.Add(payload);
        Added(writer);
    }

    private Span<byte> Room(int length)
    {
        var end = checked(Length + length);
        if (end > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(end, 2L * _bytes.Length), Array.MaxLength));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }

    private NatsBatch Added(CommandWriter writer)
    {
        writer.Add("\r\n"u8);
        Length += writer.Length;
        Count++;
        return this;
    }

    private ref struct CommandWriter(Span<byte> room)
    {
        private readonly Span<byte> _room = room;

        public int Length { get; private set; }

        public void Add(scoped ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_room[Length..]);
            Length += bytes.Length;
        }

        public void Add(long number)
        {
            number.TryFormat(_room[Length..], out var digits, provider: CultureInfo.InvariantCulture);
            Length += digits;
        }
    }
}
