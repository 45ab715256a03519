using System.Collections.Concurrent;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Sending;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Sqs.Sending;

public class OutboxTests
{
    [Fact]
    public async Task What_follows_is_not_sent_in_the_context_of_whoever_was_first()
    {
        var caller = new AsyncLocal<string?>();
        var callers = new ConcurrentQueue<string?>();
        var client = new WatchedClient(null!)
        {
            Refuse = (_, _) =>
            {
                callers.Enqueue(caller.Value);
                return WatchedClient.Denied("SendMessage");
            },
        };
        var (clock, found) = (new FakeTimeProvider(), new TaskCompletionSource<string>());
        using var telemetry = new JobsTelemetry();
        caller.Value = "first";
        var outbox = new Outbox(client, "q", (_, _) => new(found.Task), clock, telemetry, NullLogger.Instance);
        var first = Send(outbox);
        caller.Value = "second";
        var second = Send(outbox);
        var third = Send(outbox);
        clock.Advance(TimeSpan.FromSeconds(1));
        caller.Value = null;

        found.SetResult("http://sqs/q");
        await Task.WhenAll(first.Finished, second.Finished, third.Finished).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(["first", null], callers.OrderBy(static name => name is null));
    }

    private static SendOperation Send(Outbox outbox)
    {
        var operation = new SendOperation(1, isRepeatable: false);
        var outgoing = Outgoing.Rent();
        outgoing.Seal(operation, 0, default);
        outbox.Add(outgoing);
        outbox.Flush();
        return operation;
    }
}
