using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Sqs.Provisioning;

namespace Jobs.Brokers.Tests.Sqs.Provisioning;

public sealed class ProvisionerTests(SqsFixture fixture) : SqsTests(fixture)
{
    [Fact]
    public async Task What_is_missing_is_created_and_keeps_messages_for_as_long_as_SQS_can()
    {
        var (node, _) = Connect(static options => options.MaxReceiveCount = 20);
        await node.ProvisionAsync(Bench.Topology() with { Priorities = [JobPriority.High, JobPriority.Normal] });

        var raw = Raw();
        var dead = await AttributesAsync(raw, Name("-dlq"));
        foreach (var name in (string[])[Name(), Name("-high")])
        {
            var queue = await AttributesAsync(raw, name);
            Assert.Equal(("1209600", "1048576", "5"), (queue["MessageRetentionPeriod"], queue["MaximumMessageSize"], queue["VisibilityTimeout"]));
            Assert.Equal((dead["QueueArn"], 20), QueueBlueprint.ReadRedrive(queue["RedrivePolicy"]));
        }

        Assert.Equal("1209600", dead["MessageRetentionPeriod"]);
        await Assert.ThrowsAsync<SqsException>(async () => await raw.GetQueueUrlAsync(Name("-low"), Token));
    }

    [Fact]
    public async Task A_queue_for_long_delays_is_made_when_there_is_one()
    {
        var (node, client) = await OpenAsync();
        await node.AcceptAsync(Bench.Draft() with { Due = Bench.Now.AddMinutes(10) });
        Assert.DoesNotContain(client.Calls, call => call.Action == "CreateQueue" && call.Queue == Name("-delay"));

        await node.AcceptAsync(Bench.Draft() with { Due = Bench.Now.AddHours(1) });

        Assert.Contains(client.Calls, call => call.Action == "CreateQueue" && call.Queue == Name("-delay"));
    }

    [Fact]
    public async Task What_differs_is_named_when_verified_and_left_alone_otherwise()
    {
        var (node, _) = Connect();
        await node.ProvisionAsync(Bench.Topology());
        var raw = Raw();
        var url = await raw.GetQueueUrlAsync(Name(), Token);
        await raw.SetQueueAttributesAsync(url, new Dictionary<string, string> { ["MessageRetentionPeriod"] = "345600", ["DelaySeconds"] = "5", ["RedrivePolicy"] = "" }, Token);

        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => node.ProvisionAsync(ProvisionMode.Verify, Bench.Topology()));
        await node.ProvisionAsync(Bench.Topology());

        Assert.All([Name(), "4.00:00:00 instead of 14 days", "by 5 s instead of 0", "no dead-letter queue"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.Equal("345600", (await AttributesAsync(raw, Name()))["MessageRetentionPeriod"]);
    }

    [Fact]
    public async Task A_denied_action_is_named_with_its_queue_and_what_to_do()
    {
        var (node, client) = Connect();
        client.Refuse = static (action, _) => action == "CreateQueue" ? WatchedClient.Denied("CreateQueue") : null;

        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => node.ProvisionAsync(Bench.Topology()));

        Assert.All(["sqs:CreateQueue", Name("-dlq"), "IAM", "Jobs:Provision", "Verify"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_that_SQS_refuses_are_no_reason_to_wait()
    {
        var (node, client) = Connect();
        client.Refuse = static (_, _) => new SqsException(SqsErrorKind.Credentials, "The security token included in the request is expired.");

        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => node.ProvisionAsync(Bench.Topology()));

        Assert.Contains("renew them if they have expired", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_that_is_missing_though_nobody_may_make_it_is_named_where_it_is_needed()
    {
        var (node, _) = Connect();
        await node.ProvisionAsync(ProvisionMode.None, Bench.Topology());

        var result = await node.SendAsync(Bench.Draft());

        Assert.Equal(SendStatus.Failed, result.Status);
        Assert.All([Name(), "does not exist", "Jobs:Provision", "Jobs:Sqs:QueuePrefix", "Jobs:Sqs:Region"], part => Assert.Contains(part, result.Error!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_SQS_cannot_do_is_refused_with_the_option()
    {
        var (node, _) = Connect(static options => options.FifoQueues.Add("ordered"));

        var limit = await Assert.ThrowsAsync<JobConfigurationException>(() => node.ProvisionAsync(Bench.Topology() with { MaxLength = 5 }));
        var levels = await Assert.ThrowsAsync<JobConfigurationException>(() => node.ProvisionAsync(Bench.Topology("ordered") with { Priorities = [JobPriority.High] }));

        Assert.Contains("Jobs:Queues:work:MaxLength", limit.Message, StringComparison.Ordinal);
        Assert.Contains("Jobs:Sqs:FifoQueues", levels.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_do_not_fit_or_clash_are_refused()
    {
        var (long_, _) = Connect(static options => options.QueuePrefix = new string('p', 75));
        var (node, _) = Connect();

        var tooLong = await Assert.ThrowsAsync<JobConfigurationException>(() => long_.ProvisionAsync(Bench.Topology()));
        var clash = await Assert.ThrowsAsync<JobConfigurationException>(() => node.ProvisionAsync(Bench.Topology("mails"), Bench.Topology("mails-dlq")));

        Assert.Contains("Jobs:Sqs:QueuePrefix", tooLong.Message, StringComparison.Ordinal);
        Assert.Contains("would share the SQS queue", clash.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyDictionary<string, string>> AttributesAsync(ISqsClient client, string name) =>
        await client.GetQueueAttributesAsync(await client.GetQueueUrlAsync(name, Token), ["All"], Token);
}
