using Jobs.Brokers.Redis;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Sending;
using Jobs.Messages;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Redis.Sending;

/// <summary>What becomes of messages that are sent again while nobody knows what became of them.</summary>
public sealed class UnknownSendTests : IAsyncDisposable
{
    private static readonly RedisConnectionException Lost = new("The connection was lost.", mayHaveRun: true);
    private static readonly RedisConnectionException NeverSent = new("The connection was lost.", mayHaveRun: false);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource _disposed = new();
    private readonly HeldClient _client = new();
    private readonly QueueSender _sender;

    public UnknownSendTests() => _sender = new QueueSender(
        _client, new QueueKeys("test", "default"), "producer", new RedisBrokerOptions(), _time, new JobsTelemetry(), NullLogger.Instance, _disposed.Token);

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        _disposed.Dispose();
    }

    [Fact]
    public async Task Sent_again_they_are_told_what_the_server_says_of_the_first_sending()
    {
        var (first, call) = await SendAndGiveUpAsync("a", "b", "c");
        Assert.All(first, static result => Assert.Equal(SendStatus.Unknown, result.Status));

        var again = SendAsync(CancellationToken.None, "c", "b", "a");
        Assert.False(_client.HasCall);
        call.SetResult(Reply("$3\r\nADF\r\n"));

        Assert.Equal([SendStatus.QueueFull, SendStatus.Duplicate, SendStatus.Accepted], Statuses(await again));
    }

    [Fact]
    public async Task Sent_again_after_the_answer_they_are_duplicates_of_what_was_stored_and_new_otherwise()
    {
        var (_, call) = await SendAndGiveUpAsync("a", "b");
        call.SetResult(Reply("$2\r\nAF\r\n"));

        var again = SendAsync(CancellationToken.None, "a", "b");
        (await _client.NextAsync()).SetResult(Reply(":1\r\n"));

        Assert.Equal([SendStatus.Duplicate, SendStatus.Accepted], Statuses(await again));
    }

    [Fact]
    public async Task Whoever_stops_waiting_too_is_told_that_nobody_knows()
    {
        var (_, call) = await SendAndGiveUpAsync("a");

        using var cancellation = new CancellationTokenSource();
        var second = SendAsync(cancellation.Token, "a");
        await cancellation.CancelAsync();

        Assert.Equal([SendStatus.Unknown], Statuses(await second));
        var third = SendAsync(CancellationToken.None, "a");
        call.SetResult(Reply(":1\r\n"));
        Assert.Equal([SendStatus.Accepted], Statuses(await third));
    }

    [Fact]
    public async Task Whoever_stops_waiting_during_an_outage_is_told_that_nobody_knows()
    {
        var (_, call) = await SendAndGiveUpAsync("a");
        _client.Failure = Lost;
        call.SetException(Lost);

        using var cancellation = new CancellationTokenSource();
        var second = SendAsync(cancellation.Token, "a", "new");
        await cancellation.CancelAsync();

        Assert.Equal([SendStatus.Unknown, SendStatus.Failed], Statuses(await second));
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_timeout_for_the_fate_of_an_earlier_sending()
    {
        var (_, call) = await SendAndGiveUpAsync("a");
        _client.Failure = Lost;
        var second = SendAsync(CancellationToken.None, "a");
        call.SetException(Lost);

        await AdvanceUntilAsync(second, new RedisBrokerOptions().SendTimeout * 2);

        Assert.Equal([SendStatus.Unknown], Statuses(await second));
    }

    [Fact]
    public async Task A_wrong_password_ends_the_wait_for_the_fate_of_an_earlier_sending()
    {
        var (_, call) = await SendAndGiveUpAsync("a");
        var second = SendAsync(CancellationToken.None, "a");
        _client.Failure = new JobConfigurationException("The password is wrong.");
        call.SetException(Lost);

        var result = Assert.Single(await second);

        Assert.Equal((SendStatus.Unknown, "The password is wrong."), (result.Status, result.Error!.Message));
    }

    [Fact]
    public async Task What_turns_out_never_to_have_been_sent_is_sent_for_who_waits_for_its_fate()
    {
        var (_, call) = await SendAndGiveUpAsync("a");
        var second = SendAsync(CancellationToken.None, "a");
        call.SetException(NeverSent);

        await AnswerUntilAsync(second);

        Assert.Equal([SendStatus.Accepted], Statuses(await second));
    }

    [Fact]
    public async Task What_turned_out_never_to_have_been_sent_is_sent_anew()
    {
        var (_, call) = await SendAndGiveUpAsync("a");
        call.SetException(NeverSent);
        // Another message goes out once the loss is dealt with.
        await AnswerUntilAsync(SendAsync(CancellationToken.None, "other"));

        var second = SendAsync(CancellationToken.None, "a");
        await AnswerUntilAsync(second);

        Assert.Equal([SendStatus.Accepted], Statuses(await second));
    }

    private async Task AnswerUntilAsync(Task sending)
    {
        _ = AnswerAsync();
        await AdvanceUntilAsync(sending, TimeSpan.FromMinutes(1));

        async Task AnswerAsync() => (await _client.NextAsync()).SetResult(Reply(":1\r\n"));
    }

    // A first sending that reached the connection, and whose caller did not wait for the answer.
    private async Task<(SendResult[] Results, TaskCompletionSource<RespReply> Call)> SendAndGiveUpAsync(params string[] ids)
    {
        using var cancellation = new CancellationTokenSource();
        var sending = SendAsync(cancellation.Token, ids);
        var call = await _client.NextAsync();
        await cancellation.CancelAsync();
        return (await sending, call);
    }

    private async Task<SendResult[]> SendAsync(CancellationToken cancellationToken, params string[] ids)
    {
        var results = new SendResult[ids.Length];
        await _sender.SendAsync(ids.Select(Message).ToArray(), results, isThen: false, cancellationToken);
        return results;
    }

    // Steps shorter than any pause of the sender; each gives its loop the time to get there.
    private async Task AdvanceUntilAsync(Task task, TimeSpan limit)
    {
        for (var passed = TimeSpan.Zero; !task.IsCompleted && passed < limit; passed += TimeSpan.FromMilliseconds(20))
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        Assert.True(task.IsCompleted, $"Not within {limit}.");
    }

    private static JobMessage Message(string id) => JobMessage.FromBytes(System.Text.Encoding.UTF8.GetBytes(
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/test","type":"test","jobqueue":"default","data":{ } }"""));

    private static SendStatus[] Statuses(SendResult[] results) => [.. results.Select(static result => result.Status)];

    private static RespReply Reply(string reply) => RespReply.Copy(System.Text.Encoding.ASCII.GetBytes(reply));
}
