using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.Tests.Memory;

public class MemoryPriorityTests
{
    private static readonly JobPriority[] All = [JobPriority.High, JobPriority.Normal, JobPriority.Low];

    [Fact]
    public async Task Higher_goes_first_and_lower_is_not_starved()
    {
        await using var bench = new MemoryBench();
        var receiver = bench.Open(MemoryBench.Queue, All);
        await SendAsync(bench, JobPriority.Low, 100);
        await SendAsync(bench, JobPriority.Normal, 100);
        await SendAsync(bench, JobPriority.High, 100);

        var first = (await bench.ReceiveAsync(64, receiver)).CountBy(static delivery => delivery.Message!.Attributes.Priority).ToDictionary();

        Assert.Equal((48, 12, 4), (first[JobPriority.High], first[JobPriority.Normal], first[JobPriority.Low]));
    }

    [Fact]
    public async Task High_overtakes_a_backlog()
    {
        await using var bench = new MemoryBench();
        var receiver = bench.Open(MemoryBench.Queue, All);
        await SendAsync(bench, JobPriority.Normal, 100);
        await SendAsync(bench, JobPriority.High, 1);

        Assert.Equal(JobPriority.High, (await bench.ReceiveOneAsync(receiver)).Message!.Attributes.Priority);
    }

    [Fact]
    public async Task A_level_that_the_queue_does_not_offer_takes_the_nearest()
    {
        await using var bench = new MemoryBench();
        await SendAsync(bench, JobPriority.High, 1);
        await SendAsync(bench, JobPriority.Low, 1);

        Assert.Equal(2, (await bench.ReceiveAsync()).Length);
    }

    [Fact]
    public async Task A_receiver_gets_only_the_levels_it_asks_for()
    {
        await using var bench = new MemoryBench();
        var high = bench.Open(MemoryBench.Queue, JobPriority.High);
        var waiting = high.ReceiveAsync(new JobDelivery[1], wait: true, MemoryBench.Token);

        await SendAsync(bench, JobPriority.Normal, 1);
        Assert.False(waiting.IsCompleted);
        await SendAsync(bench, JobPriority.High, 1);

        Assert.Equal(1, await waiting);
        Assert.Equal(JobPriority.Normal, (await bench.ReceiveOneAsync()).Message!.Attributes.Priority);
    }

    private static async Task SendAsync(MemoryBench bench, JobPriority priority, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var message = bench.Message(i);
            message.Attributes = new MessageAttributes { Priority = priority };
            await bench.SendAsync(message);
        }
    }
}
