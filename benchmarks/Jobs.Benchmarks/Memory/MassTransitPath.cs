using Jobs.Benchmarks.Workload;
using MassTransit;

namespace Jobs.Benchmarks.Memory;

/// <summary>MassTransit's in-memory transport with a plain handler: no container, no observers.</summary>
internal sealed class MassTransitPath : WindowedPath
{
    private readonly IBusControl _bus;
    private readonly ISendEndpoint _endpoint;

    private MassTransitPath(IBusControl bus, ISendEndpoint endpoint)
        : base("MassTransit 8.5.12, in memory") => (_bus, _endpoint) = (bus, endpoint);

    public override bool IsSlow => true;

    public static async Task<MassTransitPath> StartAsync(int workers, Func<int, Task>? execute = null)
    {
        execute ??= static value => StaticJobs.Count(value).AsTask();
        var bus = Bus.Factory.CreateUsingInMemory(configure => configure.ReceiveEndpoint("bench", endpoint =>
        {
            endpoint.PrefetchCount = Math.Max(16, workers);
            endpoint.ConcurrentMessageLimit = workers;
            endpoint.Handler<Number>(context => execute(context.Message.Value));
        }));
        await bus.StartAsync();
        return new MassTransitPath(bus, await bus.GetSendEndpoint(new Uri("queue:bench")));
    }

    public override async ValueTask DisposeAsync() => await _bus.StopAsync();

    protected override ValueTask SendAsync(int value) => new(_endpoint.Send(new Number { Value = value }));

    public ValueTask SendOneAsync(int value) => SendAsync(value);

    public sealed class Number
    {
        public int Value { get; init; }
    }
}
