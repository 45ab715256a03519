using System.Text;
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

    /// <summary>Called with the subject of each request, which arrives at the server only after that, whether its caller still waits or not.</summary>
    public Func<string, Task> Asking { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The last request, until it is answered.</summary>
    public Task Asked { get; private set; } = Task.CompletedTask;

    /// <summary>What it says of connections; null: the truth.</summary>
    public long? Reconnected { get; set; }

    /// <summary>True if direct reads are answered by a server that has nothing yet.</summary>
    public bool IsLagging { get; set; }

    public BrokerHealth Health => client.Health;

    public NatsServerInfo? Server => client.Server;

    public long Reconnects => Reconnected ?? client.Reconnects;

    public ValueTask<HeldMessage> RequestAsync(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, TimeSpan timeout, CancellationToken cancellationToken) =>
        AskAsync(IsLagging && subject.StartsWith("$JS.API.DIRECT.GET."u8) ? [.. subject, .. ".never-written"u8] : subject.ToArray(), headers.ToArray(), payload.ToArray(), timeout, cancellationToken);

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

    private async ValueTask<HeldMessage> AskAsync(byte[] subject, byte[] headers, byte[] payload, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var asked = SendAsync();
        Asked = asked;
        var answer = await asked.WaitAsync(cancellationToken);
        if (Interlocked.Decrement(ref _lost) < 0)
        {
            return answer;
        }

        answer.Dispose();
        await Lost();
        throw new NatsConnectionException("The connection ended.", mayHaveArrived: true);

        async Task<HeldMessage> SendAsync()
        {
            await Asking(Encoding.UTF8.GetString(subject));
            return await client.RequestAsync(subject, headers, payload, timeout, CancellationToken.None);
        }
    }
}
