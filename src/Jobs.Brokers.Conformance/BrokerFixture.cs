using System.Net;
using Jobs.Brokers.Conformance.Servers;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>Tells the suite how to reach the broker under test. One instance serves one class of checks.</summary>
/// <remarks>Safe for concurrent use after <see cref="InitializeAsync"/>.</remarks>
public abstract class BrokerFixture : IAsyncLifetime
{
    private HashSet<Capability>? _declared;

    /// <summary>The clock that the broker goes by.</summary>
    /// <value>Default the system's.</value>
    public virtual TimeProvider Time => TimeProvider.System;

    /// <summary>The lease of the checks: the shortest that renewals can keep on a busy machine.</summary>
    /// <value>Default 2 s.</value>
    public virtual TimeSpan Lease => TimeSpan.FromSeconds(2);

    /// <summary>How long after its lease, its due time, or the return of its server a message may take to arrive.</summary>
    /// <value>Default 2 s.</value>
    public virtual TimeSpan Slack => TimeSpan.FromSeconds(2);

    /// <summary>How long, in real time, anything may take before a check gives up.</summary>
    /// <value>Default 30 s.</value>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>How long ten thousand messages that wait may take to be received and completed.</summary>
    /// <value>Default 5 s.</value>
    public virtual TimeSpan BulkTime => TimeSpan.FromSeconds(5);

    /// <summary>True if queues take any number of messages.</summary>
    /// <value>Default false.</value>
    public virtual bool HasNoQueueLimits => false;

    /// <summary>True if queues have one level only, because they keep an order.</summary>
    /// <value>Default false.</value>
    public virtual bool HasNoPriorities => false;

    /// <summary>True if the limit of a queue counts what is in hand, too, and not only what waits.</summary>
    /// <value>Default false.</value>
    public virtual bool LimitCountsInHand => false;

    /// <summary>True if the server keeps state of consumers that somebody else may delete: <see cref="DeleteConsumersAsync"/>.</summary>
    /// <value>Default false.</value>
    public virtual bool HasConsumerState => false;

    /// <summary>True if nobody can kill the server: a service, or an emulator of one.</summary>
    /// <value>Default false.</value>
    public virtual bool IsHosted => false;

    /// <summary>The server that the checks of this class share, or null.</summary>
    public ServerProcess? Server { get; private set; }

    /// <summary>Connects as another process would. Must not fail because the server is away.</summary>
    public abstract ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken);

    /// <summary>Puts bytes into a queue (of normal priority) as a program other than ours might.</summary>
    public abstract ValueTask SendRawAsync(BrokerTarget target, string queue, ReadOnlyMemory<byte> document, CancellationToken cancellationToken);

    /// <summary>Makes a server that is not yet started; null if the broker has none, or it is not ours to start.</summary>
    public virtual ServerProcess? CreateServer() => null;

    /// <summary>Deletes what the server knows of the consumers of a queue, as an operator might; messages stay.</summary>
    public virtual ValueTask DeleteConsumersAsync(BrokerTarget target, string queue, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"A fixture with {nameof(HasConsumerState)} overrides {nameof(DeleteConsumersAsync)}.");

    /// <summary>Counts what the server keeps for a namespace: anything of which there is more when there are more messages, but for what expires by itself.</summary>
    /// <remarks>By default what the broker itself tells of the queue. Override it to look behind.</remarks>
    public virtual async ValueTask<long> CountStoredAsync(BrokerTarget target, string queue, CancellationToken cancellationToken)
    {
        var broker = await ConnectAsync(target, cancellationToken).ConfigureAwait(false);
        await using (broker.ConfigureAwait(false))
        {
            var depth = broker is IQueueAdmin admin ? await admin.GetDepthAsync(queue, cancellationToken).ConfigureAwait(false) : new QueueDepth(0, 0, 0, default);
            var dead = broker is IDeadLetterQueue letters ? await letters.CountDeadLettersAsync(queue, cancellationToken).ConfigureAwait(false) : 0;
            return depth.Waiting + depth.InFlight + depth.Delayed + dead;
        }
    }

    /// <summary>Lets time pass on <see cref="Time"/>. A fixture with a clock of its own moves it.</summary>
    public virtual Task PassAsync(TimeSpan span, CancellationToken cancellationToken) => Task.Delay(span, Time, cancellationToken);

    /// <summary>Starts the server and looks at what the broker declares.</summary>
    public virtual async ValueTask InitializeAsync()
    {
        Server = CreateServer();
        if (Server is not null)
        {
            await Server.StartAsync().ConfigureAwait(false);
        }

        var broker = await ConnectAsync(new BrokerTarget("declared", Server?.EndPoint), CancellationToken.None).ConfigureAwait(false);
        await using (broker.ConfigureAwait(false))
        {
            var topology = new BrokerTopology("declared", [new QueueTopology("declared", Lease)]);
            await broker.ProvisionAsync(topology, ProvisionMode.CreateIfMissing, CancellationToken.None).AsTask().WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
            _declared = Declaration.Of(broker, this);
        }
    }

    /// <summary>Ends the server.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>True if the broker declares it.</summary>
    public bool Declares(Capability capability) =>
        (_declared ?? throw new InvalidOperationException($"{nameof(InitializeAsync)} of the fixture has not run.")).Contains(capability);
}
