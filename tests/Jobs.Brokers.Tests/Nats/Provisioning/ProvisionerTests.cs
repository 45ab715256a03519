using System.Text;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Brokers.Tests.Nats.JetStream;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Provisioning;

public sealed class ProvisionerTests : IClassFixture<JetStreamFixture>
{
    private static readonly QueueTopology Mails = new("mails", TimeSpan.FromSeconds(30)) { Priorities = [JobPriority.High, JobPriority.Normal] };

    private readonly JetStreamFixture _fixture;
    private readonly JetStreamClient _jetStream;
    private readonly NatsNames _names;

    public ProvisionerTests(JetStreamFixture fixture)
    {
        (_fixture, _jetStream) = (fixture, fixture.JetStream);
        _names = new NatsNames(fixture.NewName());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_missing_is_created()
    {
        await CreateAsync(Mails with { MaxLength = 100 });

        var queue = (await StreamAsync(_names.QueueStream("mails"))).Config;
        Assert.Equal((StreamRetention.WorkQueue, 100L, true, TimeSpan.FromMinutes(2)), (queue.Retention, queue.MaxMessages, queue.DiscardsNew, queue.DuplicateWindow));
        var consumer = await _jetStream.GetConsumerAsync(_names.QueueStream("mails"), "high", Token);
        Assert.Equal((TimeSpan.FromSeconds(30), -1), (consumer!.Config.AckWait, consumer.Config.MaxDeliver));
        Assert.Null(await _jetStream.GetConsumerAsync(_names.QueueStream("mails"), "low", Token));
        Assert.Equal(1, (await StreamAsync(_names.DeadStream("mails"))).Config.MaxMessagesPerSubject);
        Assert.Equal(TimeSpan.FromHours(1), (await StreamAsync(_names.DelayStream)).Config.DuplicateWindow);
        await VerifyAsync(Mails with { MaxLength = 100 });
    }

    [Fact]
    public async Task Many_processes_create_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync(Mails, Mails with { Name = "other" })));

        await VerifyAsync(Mails, Mails with { Name = "other" });
    }

    [Fact]
    public async Task What_can_be_changed_is_changed_and_messages_stay()
    {
        await CreateAsync(Mails);
        await _jetStream.PublishAsync(_names.QueueSubject("mails", 0), default, "x"u8.ToArray(), Token);
        var changed = new QueueTopology("mails", TimeSpan.FromMinutes(5)) { Priorities = [JobPriority.High, JobPriority.Low], MaxLength = 7 };

        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => VerifyAsync(changed));
        Assert.All(["at most 7 messages", "00:05:00", "ids for 00:02:00 instead of 00:10:00", "priority Low", "CreateIfMissing"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        await CreateAsync(changed);

        await VerifyAsync(changed);
        var stream = await StreamAsync(_names.QueueStream("mails"));
        Assert.Equal((7L, TimeSpan.FromMinutes(10), 1L), (stream.Config.MaxMessages, stream.Config.DuplicateWindow, stream.Messages));
        Assert.Equal(TimeSpan.FromMinutes(5), (await _jetStream.GetConsumerAsync(stream.Config.Name, "high", Token))!.Config.AckWait);
    }

    [Fact]
    public async Task A_limit_is_lifted_when_it_is_no_longer_asked_for()
    {
        await CreateAsync(Mails with { MaxLength = 7 });
        await CreateAsync(Mails);

        Assert.Equal(-1, (await StreamAsync(_names.QueueStream("mails"))).Config.MaxMessages);
    }

    [Fact]
    public async Task What_an_operator_set_stays()
    {
        await CreateAsync(Mails);
        var dead = (await StreamAsync(_names.DeadStream("mails"))).Config;
        await _jetStream.UpdateStreamAsync(dead with { MaxAge = TimeSpan.FromDays(30), MaxBytes = 1_000_000, DuplicateWindow = TimeSpan.FromHours(2) }, Token);

        await CreateAsync(Mails);
        await VerifyAsync(Mails);

        var after = (await StreamAsync(_names.DeadStream("mails"))).Config;
        Assert.Equal((TimeSpan.FromDays(30), 1_000_000L, TimeSpan.FromHours(2)), (after.MaxAge, after.MaxBytes, after.DuplicateWindow));
    }

    [Fact]
    public async Task A_queue_does_not_forget_jobs_by_their_age()
    {
        await CreateAsync(Mails);
        var queue = (await StreamAsync(_names.QueueStream("mails"))).Config;
        await _jetStream.UpdateStreamAsync(queue with { MaxAge = TimeSpan.FromDays(30) }, Token);

        Assert.Contains("drops messages after 30.00:00:00", (await Assert.ThrowsAsync<JobConfigurationException>(() => VerifyAsync(Mails))).Message, StringComparison.Ordinal);
        await CreateAsync(Mails);

        Assert.Equal(TimeSpan.Zero, (await StreamAsync(_names.QueueStream("mails"))).Config.MaxAge);
    }

    [Fact]
    public async Task A_stream_that_keeps_what_is_done_is_refused()
    {
        await _jetStream.CreateStreamAsync(new StreamConfig { Name = _names.QueueStream("mails"), Subjects = [_names.QueueSubjects("mails")] }, Token);

        foreach (var mode in (ProvisionMode[])[ProvisionMode.CreateIfMissing, ProvisionMode.Verify])
        {
            var error = await Assert.ThrowsAsync<JobConfigurationException>(() => RunAsync(mode, new NatsBrokerOptions(), Mails));
            Assert.Contains("retention Limits instead of WorkQueue", error.Message, StringComparison.Ordinal);
        }

        Assert.Contains($"nats stream rm {_names.QueueStream("mails")}", (await Assert.ThrowsAsync<JobConfigurationException>(() => CreateAsync(Mails))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_of_another_kind_is_refused()
    {
        await CreateAsync(Mails with { Priorities = [JobPriority.High] });
        var json = $$$"""{"stream_name":"{{{_names.QueueStream("mails")}}}","config":{"durable_name":"normal","ack_policy":"explicit","filter_subject":"{{{_names.QueueSubject("mails", 1)}}}","max_deliver":5,"backoff":[1000000000,2000000000]}}""";
        var subject = $"$JS.API.CONSUMER.DURABLE.CREATE.{_names.QueueStream("mails")}.normal";
        (await _fixture.Client.RequestAsync(Encoding.UTF8.GetBytes(subject), default, Encoding.UTF8.GetBytes(json), TimeSpan.FromSeconds(10), Token)).Dispose();

        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => CreateAsync(Mails));

        Assert.All(["priority Normal", "backoff", $"nats consumer rm {_names.QueueStream("mails")} normal"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("max_deliver", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subject_that_someone_else_takes_is_named()
    {
        await _jetStream.CreateStreamAsync(new StreamConfig { Name = _fixture.NewName(), Subjects = [$"{_names.Namespace}.queue.>"] }, Token);

        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => CreateAsync(Mails));

        Assert.Contains(_names.QueueSubjects("mails"), error.Message, StringComparison.Ordinal);
        Assert.Contains("Jobs:Namespace", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verifying_names_what_is_missing_and_makes_nothing()
    {
        await CreateAsync(Mails);

        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<JobConfigurationException>(() => VerifyAsync(Mails, Mails with { Name = "absent" }));
            Assert.Contains("queue 'absent'", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("mails", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task More_replicas_than_servers_are_refused()
    {
        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => RunAsync(ProvisionMode.CreateIfMissing, new NatsBrokerOptions { Replicas = 3 }, Mails));

        Assert.Contains("Jobs:Nats:Replicas is 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_is_too_long_is_refused()
    {
        var names = new NatsNames(new string('n', 250));

        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () =>
            await new Provisioner(_jetStream, names, new NatsBrokerOptions(), ProvisionMode.CreateIfMissing, NullLogger.Instance).RunAsync(new BrokerTopology(names.Namespace, [Mails]), Token));

        Assert.Contains("Jobs:Namespace", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_looked_at_or_made_without_being_asked_to()
    {
        await RunAsync(ProvisionMode.None, new NatsBrokerOptions(), Mails);

        Assert.Null(await _jetStream.GetStreamAsync(_names.QueueStream("mails"), cancellationToken: Token));
    }

    private async Task<StreamInfo> StreamAsync(string name) => (await _jetStream.GetStreamAsync(name, cancellationToken: Token))!;

    private Task CreateAsync(params QueueTopology[] queues) => RunAsync(ProvisionMode.CreateIfMissing, new NatsBrokerOptions(), queues);

    private Task VerifyAsync(params QueueTopology[] queues) => RunAsync(ProvisionMode.Verify, new NatsBrokerOptions(), queues);

    private Task RunAsync(ProvisionMode mode, NatsBrokerOptions options, params QueueTopology[] queues) =>
        new Provisioner(_jetStream, _names, options, mode, NullLogger.Instance).RunAsync(new BrokerTopology(_names.Namespace, queues), Token).AsTask();
}
