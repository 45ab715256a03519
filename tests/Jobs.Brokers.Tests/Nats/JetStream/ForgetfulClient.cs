using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.JetStream;

/// <summary>A client that carries requests out, and loses the first answers; and other ill luck that clients have.</summary>
internal sealed class ForgetfulClient(INatsClient client) : INatsClient
{
    private int _lost;

    /// <summary>How many answers are lost from now on.</summary>
    public int Losing
    {
        set => _lost = value;
    }

    /// <summary>Called with each answer that is lost.</summary>
    public Func<Task> Lost { get; set; } = static () => Task.CompletedTask;

    /// <summary>What it says of connections; null: the truth.</summary>
    public long? Reconnected { get; set; }

    /// <summary>True if direct reads are answered by a server that has nothing yet.</summary>
    public bool IsLagging { get; set; }

    public BrokerHealth Health => client.Health;

    public NatsServerInfo? Server => client.Server;

    public long Reconnects => Reconnected ?? client.Reconnects;

    public ValueTask<HeldMessage> RequestAsync(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, TimeSpan timeout, CancellationToken cancellationToken) =>
        LoseAsync(client.RequestAsync(IsLagging && subject.StartsWith("$JS.API.DIRECT.GET."u8) ? [.. subject, .. ".never-written"u8] : subject, headers, payload, timeout, cancellationToken));

    public ValueTask WaitConnectedAsync(CancellationToken cancellationToken) => client.WaitConnectedAsync(cancellationToken);

    public void AddListener(IConnectionListener listener) => client.AddListener(listener);

    public void RemoveListener(IConnectionListener listener) => client.RemoveListener(listener);

    public void Publish(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload) =>
        client.Publish(subject, replyTo, headers, payload);

    public NatsBatch RentBatch() => client.RentBatch();

    public NatsException? TrySend(NatsBatch batch, TimeSpan timeout) => client.TrySend(batch, timeout);

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => client.WaitForRoomAsync(cancellationToken);

    public INatsSubscription Subscribe(string subject, IMessageHandler handler, string? queueGroup = null) => client.Subscribe(subject, handler, queueGroup);

    public void PublishFirst(string subject, ReadOnlySpan<byte> headers) => client.PublishFirst(subject, headers);

    public string NewInbox() => client.NewInbox();

    public void NotifyAtReadEnd(IReadEnd waiting) => client.NotifyAtReadEnd(waiting);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public ValueTask DrainAsync(CancellationToken cancellationToken) => client.DrainAsync(cancellationToken);

    public ValueTask DisposeAsync() => default;

    private async ValueTask<HeldMessage> LoseAsync(ValueTask<HeldMessage> request)
    {
        var answer = await request;
        if (Interlocked.Decrement(ref _lost) < 0)
        {
            return answer;
        }

        answer.Dispose();
        await Lost();
        throw new NatsConnectionException("The connection ended.", mayHaveArrived: true);
    }
}
