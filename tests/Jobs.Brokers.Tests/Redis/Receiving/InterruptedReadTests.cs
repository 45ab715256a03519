using Jobs.Brokers.Redis.Scripts;

namespace Jobs.Brokers.Tests.Redis.Receiving;

/// <summary>Reads whose answers come in parts, or again.</summary>
public sealed class InterruptedReadTests
{
    // Nothing comes back within it: what is handed out is handed out at once.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_arrived_before_the_connection_ended_between_two_answers_is_handed_out_once()
    {
        var reads = 0;
        var questions = 0;
        await using var broker = new ScriptedBroker(command => command.Split(' ')[0] switch
        {
            "XREADGROUP" when Interlocked.Increment(ref reads) is 1 or 2 => ScriptedBroker.Entries($"{reads}-1", $"{reads}-2"),
            // Whether the queue is paused: the connection ends instead, once.
            "EXISTS" when Interlocked.Increment(ref questions) == 1 => "",
            _ => null,
        });
        await using var receiver = await broker.OpenReceiverAsync(Lease);

        var first = await ReceiveAsync(receiver);
        var second = await ReceiveAsync(receiver);

        Assert.Equal(["1-1", "1-2"], first);
        Assert.Equal(["2-1", "2-2"], second);
        Assert.Equal((2, 2), (reads, questions));
    }

    [Fact]
    public async Task A_job_that_is_done_and_comes_again_before_its_completion_got_through_is_completed_not_run()
    {
        var (reads, refusals, isServed) = (0, 0, false);
        var isRemembered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(command =>
        {
            if (command.StartsWith("XREADGROUP", StringComparison.Ordinal))
            {
                // As a replica hands out that has not heard of the first time.
                return Interlocked.Increment(ref reads) switch { 1 => ScriptedBroker.Entries("1-1"), 2 => ScriptedBroker.Entries("1-1", "1-2"), _ => null };
            }

            if (!ScriptedBroker.Calls(command, QueueScripts.Complete))
            {
                return null;
            }

            // Refused once more: whoever tries again has noted that the first time did not get through.
            if (Interlocked.Increment(ref refusals) == 2)
            {
                isRemembered.SetResult();
            }

            return Volatile.Read(ref isServed) ? ":1\r\n" : "-BUSY Redis is busy running a script.\r\n";
        });
        await using var receiver = await broker.OpenReceiverAsync(Lease);
        var buffer = new JobDelivery[10];
        Assert.Equal(1, await receiver.ReceiveAsync(buffer, wait: true, Token));
        var results = new SettleResult[1];
        var settling = receiver.SettleAsync(new[] { new Settlement { Delivery = buffer[0], Kind = SettleKind.Complete } }, results, Token).AsTask();
        await isRemembered.Task.WaitAsync(Patience, TimeProvider.System, Token);

        var next = await ReceiveAsync(receiver);

        Assert.Equal(["1-2"], next);
        Volatile.Write(ref isServed, true);
        await settling.WaitAsync(Patience, TimeProvider.System, Token);
        Assert.Equal(SettleResult.Ok, results[0]);
    }

    private static async Task<string[]> ReceiveAsync(IJobReceiver receiver)
    {
        var buffer = new JobDelivery[10];
        var count = await receiver.ReceiveAsync(buffer, wait: true, Token).AsTask().WaitAsync(Patience, TimeProvider.System, Token);
        return [.. buffer.Take(count).Select(static delivery => delivery.Message!.Id.ToString())];
    }
}
