using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Enqueueing;

public sealed class JobClientTests : IAsyncDisposable
{
    private static readonly NumberDefinition Queued = (NumberDefinition)NumberArgs.Definition;

    private readonly StubBroker _broker = new() { Features = new() { MaxDocumentBytes = 1_000_000, MaxSendBatch = 10, DedupeWindow = TimeSpan.FromMinutes(2) } };

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private TestHost Create(Dictionary<string, string?>? configuration = null, Action<IServiceCollection>? services = null) =>
        TestHost.Create(jobs => jobs.AddDefinition(Queued).AddQueue("bulk").AddQueue("vip", queue => queue.Priorities.Add(JobPriority.High)), configuration, _broker, services: services);

    private async Task<JobMessage> SendAsync(EnqueueOptions? options, Dictionary<string, string?>? configuration = null)
    {
        await using var host = Create(configuration);
        var handle = await host.Client.EnqueueAsync(new NumberArgs(42), options, TestContext.Current.CancellationToken);
        var message = Assert.Single(_broker.Sent);
        Assert.Equal(handle.Id, message.Id);
        return message;
    }

    [Fact]
    public async Task A_message_says_what_the_job_is()
    {
        // Where another test listens to activities, the test runner's own would travel with the message.
        System.Diagnostics.Activity.Current = null;
        var message = await SendAsync(null, new() { ["Jobs:Namespace"] = "shop" });

        Assert.Equal(("test.number", 1, "default", "/shop"), (message.Name, message.Version, message.Queue, message.Source));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero), message.EnqueuedAt);
        Assert.Equal(42, message.ReadArgs(Queued).Value);
        Assert.Same(MessageAttributes.None, message.Attributes);
        Assert.Same(MessageState.Initial, message.State);
        Assert.Null(message.Due);
        Assert.False(message.MayRepeat);
        Assert.True(message.Id.TryGetUuid(out var uuid) && uuid.Version == 7);
    }

    [Fact]
    public async Task A_call_may_say_more()
    {
        var message = await SendAsync(new EnqueueOptions
        {
            Id = JobId.Parse("order-7"),
            Queue = "vip",
            Delay = TimeSpan.FromHours(24),
            ExpiresAfter = TimeSpan.FromHours(25),
            Priority = JobPriority.High,
            MaxAttempts = 9,
            Backoff = TimeSpan.FromSeconds(9),
            Timeout = TimeSpan.FromSeconds(10),
            CorrelationId = "request-1",
            Tenant = "a",
            Headers = new Dictionary<string, string> { ["shop"] = "berlin" },
        });

        Assert.Equal(("order-7", "vip", true), (message.Id.ToString(), message.Queue, message.MayRepeat));
        Assert.Equal(message.EnqueuedAt.AddHours(24), message.Due);
        var attributes = message.Attributes;
        Assert.Equal(message.EnqueuedAt.AddHours(25), attributes.Expires);
        Assert.Equal((JobPriority.High, 9, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10)), (attributes.Priority, attributes.MaxAttempts, attributes.Backoff, attributes.Timeout));
        Assert.Equal(("request-1", "a", "berlin"), (attributes.CorrelationId, attributes.Tenant, attributes.Headers["shop"]));
    }

    [Fact]
    public async Task A_past_time_means_now_and_an_endless_delay_the_end_of_time()
    {
        Assert.Null((await SendAsync(new() { At = DateTimeOffset.UnixEpoch })).Due);
        _broker.Sent.Clear();
        Assert.Equal(DateTimeOffset.MaxValue, (await SendAsync(new() { Delay = TimeSpan.MaxValue })).Due);
    }

    [Fact]
    public async Task The_jobs_own_priority_goes_with_it() =>
        Assert.Equal(JobPriority.Low, (await SendAsync(null, new() { ["Jobs:Overrides:test.number:Priority"] = "Low" })).Attributes.Priority);

    public static TheoryData<EnqueueOptions, string> Wrong() => new()
    {
        { new() { Delay = TimeSpan.FromSeconds(1), At = DateTimeOffset.UnixEpoch }, "Delay and At" },
        { new() { Id = default(JobId) }, "Id is empty" },
        { new() { Delay = TimeSpan.FromSeconds(-1) }, "Delay must be zero or more, but is -00:00:01." },
        { new() { ExpiresAfter = TimeSpan.Zero }, "ExpiresAfter must be more than zero" },
        { new() { ExpiresAfter = TimeSpan.FromHours(1), Delay = TimeSpan.FromHours(2) }, "before it may run" },
        { new() { MaxAttempts = 0 }, "MaxAttempts must be 1 to 1,000, but is 0." },
        { new() { Backoff = TimeSpan.FromSeconds(-1) }, "Backoff" },
        { new() { Timeout = TimeSpan.Zero }, "Timeout" },
        { new() { CorrelationId = "" }, "CorrelationId" },
        { new() { Tenant = "a\nb" }, "Tenant" },
        { new() { Priority = JobPriority.High }, "Jobs:Queues:default:Priorities" },
        { new() { Headers = new Dictionary<string, string> { ["Shop"] = "x" } }, "'Shop'" },
        { new() { Headers = new Dictionary<string, string> { ["jobx"] = "x" } }, "reserved" },
        { new() { Headers = new Dictionary<string, string> { ["traceparent"] = "x" } }, "CloudEvents" },
        { new() { Headers = new Dictionary<string, string> { ["a"] = "\u0001" } }, "control" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task Options_that_make_no_sense_are_refused_before_anything_is_sent(EnqueueOptions options, string part)
    {
        await using var host = Create();

        var error = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await host.EnqueueAsync(new NumberArgs(1), options));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Empty(_broker.Sends);
    }

    [Fact]
    public async Task An_unknown_queue_is_refused_with_the_known_ones()
    {
        await using var host = Create();

        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () => await host.EnqueueAsync(new NumberArgs(1), new() { Queue = "blk" }));

        Assert.Contains("Did you mean 'bulk'? Known: bulk, default, vip.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SendStatus.QueueFull, "the queue 'default' is full")]
    [InlineData(SendStatus.TooLarge, "takes 1,000,000 bytes")]
    [InlineData(SendStatus.Failed, "was not accepted by broker 'stub' for the queue 'default': boom")]
    public async Task A_refusal_is_a_typed_error(SendStatus status, string part)
    {
        _broker.Answer = _ => new SendResult(status, new IOException("boom"));
        await using var host = Create();

        var error = await Assert.ThrowsAsync<JobEnqueueException>(async () => await host.EnqueueAsync(new NumberArgs(1)));

        Assert.Equal((status, "test.number"), (error.Status, error.JobName));
        Assert.False(error.Id.IsEmpty);
        Assert.IsType<IOException>(error.InnerException);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_duplicate_is_a_success()
    {
        _broker.Answer = _ => new SendResult(SendStatus.Duplicate);
        await using var host = Create();

        var handle = await host.EnqueueAsync(new NumberArgs(1), new() { Id = JobId.Parse("a") });

        Assert.Equal("a", handle.ToString());
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_id()
    {
        var ids = new List<JobId>();
        _broker.Answer = message =>
        {
            ids.Add(message.Id);
            return ids.Count < 3 ? new SendResult(SendStatus.Unknown) : SendResult.Accepted;
        };
        await using var host = Create();

        var handle = await host.AdvanceUntilDoneAsync(host.EnqueueAsync(new NumberArgs(1)).AsTask());

        Assert.Equal([handle.Id, handle.Id, handle.Id], ids);
        Assert.True(_broker.Sent[0].MayRepeat);
    }

    [Fact]
    public async Task After_three_more_times_nobody_knows()
    {
        _broker.Answer = _ => new SendResult(SendStatus.Unknown);
        await using var host = Create();

        var error = await Assert.ThrowsAsync<JobEnqueueUnknownException>(() => host.AdvanceUntilDoneAsync(host.EnqueueAsync(new NumberArgs(1)).AsTask()));

        Assert.Equal(4, _broker.Sends.Count);
        Assert.False(error.Id.IsEmpty);
    }

    [Fact]
    public async Task A_broker_that_forgets_ids_is_never_sent_one_twice()
    {
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(Queued), broker: new StubBroker { Answer = _ => new SendResult(SendStatus.Unknown) });

        await Assert.ThrowsAsync<JobEnqueueUnknownException>(async () => await host.EnqueueAsync(new NumberArgs(1)));

        Assert.Single(host.Broker.Sends);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait()
    {
        _broker.Sending = cancellationToken => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        await using var host = Create();
        using var cancel = new CancellationTokenSource();

        var sending = host.Client.EnqueueAsync(new NumberArgs(1), cancellationToken: cancel.Token).AsTask();
        Assert.False(sending.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Client.EnqueueAsync(new NumberArgs(1), cancellationToken: cancel.Token));
    }

    [Fact]
    public async Task A_send_that_broke_off_with_the_token_is_cancelled_not_failed()
    {
        using var cancel = new CancellationTokenSource();
        _broker.Answer = _ => { cancel.Cancel(); return new SendResult(SendStatus.Failed); };
        await using var host = Create();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Client.EnqueueAsync(new NumberArgs(1), cancellationToken: cancel.Token));
    }

    [Fact]
    public async Task An_outbox_takes_the_messages_instead_of_the_broker()
    {
        var outbox = new StubBroker();
        await using var host = Create(services: services => services.AddSingleton<IJobSender>(outbox));

        await host.EnqueueAsync(new NumberArgs(1));

        Assert.Empty(_broker.Sent);
        Assert.Single(outbox.Sent);
    }

    [Fact]
    public async Task Many_jobs_go_in_the_chunks_of_the_broker_and_their_handles_keep_the_order()
    {
        await using var host = Create();

        var handles = await host.EnqueueManyAsync(Enumerable.Range(0, 25).Select(i => new NumberArgs(i)), new() { Queue = "bulk" });

        Assert.Equal([10, 10, 5], _broker.Sends);
        Assert.Equal(handles.Select(handle => handle.Id), _broker.Sent.Select(message => message.Id));
        Assert.Equal(Enumerable.Range(0, 25), _broker.Sent.Select(message => message.ReadArgs(Queued).Value));
        Assert.All(_broker.Sent, message => Assert.Equal("bulk", message.Queue));
    }

    [Fact]
    public async Task Chunks_are_under_way_together()
    {
        var gate = new TaskCompletionSource();
        var started = 0;
        _broker.Sending = _ => { started++; return gate.Task; };
        await using var host = Create();

        var sending = host.EnqueueManyAsync(Enumerable.Range(0, 100).Select(i => new NumberArgs(i))).AsTask();

        Assert.Equal(4, started);
        Assert.False(sending.IsCompleted);
        gate.SetResult();
        Assert.Equal(100, (await sending).Count);
    }

    [Fact]
    public async Task A_bulk_call_says_which_jobs_were_not_accepted()
    {
        _broker.Answer = message => message.ReadArgs(Queued).Value % 10 == 3 ? new SendResult(SendStatus.QueueFull) : SendResult.Accepted;
        await using var host = Create();

        var error = await Assert.ThrowsAsync<JobBulkEnqueueException>(async () => await host.EnqueueManyAsync(Enumerable.Range(0, 25).Select(i => new NumberArgs(i))));

        Assert.StartsWith("3 of 25 jobs 'test.number' were not accepted. The first: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(25, error.Handles.Count);
        Assert.Equal([3, 13, 23], error.Results.Index().Where(result => !result.Item.IsStored).Select(result => result.Index));
    }

    [Fact]
    public async Task A_bulk_call_sends_again_only_what_is_unknown()
    {
        var first = true;
        _broker.Answer = message =>
        {
            var isLost = first && message.ReadArgs(Queued).Value == 5;
            first &= !isLost;
            return isLost ? new SendResult(SendStatus.Unknown) : SendResult.Accepted;
        };
        await using var host = Create();

        var handles = await host.AdvanceUntilDoneAsync(host.EnqueueManyAsync(Enumerable.Range(0, 10).Select(i => new NumberArgs(i))).AsTask());

        Assert.Equal([10, 1], _broker.Sends);
        Assert.Equal(handles[5].Id, _broker.Sent[^1].Id);
    }

    [Fact]
    public async Task Many_jobs_cannot_share_an_id()
    {
        await using var host = Create();

        await Assert.ThrowsAsync<ArgumentException>(async () => await host.EnqueueManyAsync([new NumberArgs(1)], new() { Id = JobId.Parse("a") }));
    }
}
