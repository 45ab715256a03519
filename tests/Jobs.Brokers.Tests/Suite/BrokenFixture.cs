using Jobs.Brokers.Conformance;
using Jobs.Brokers.Tests.Memory;

namespace Jobs.Brokers.Tests.Suite;

/// <summary>The memory broker with one rule broken.</summary>
internal sealed class BrokenFixture(Func<IJobBroker, IJobBroker> breaking) : MemoryFixture
{
    public override TimeSpan Patience => TimeSpan.FromSeconds(1);

    public override async ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) =>
        breaking(await base.ConnectAsync(target, cancellationToken));
}
