using System.Text;
using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Messages;
using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Versioning;

/// <summary>Messages of older versions and under former names run as the present job.</summary>
public sealed class OlderVersionTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mail.send", 1, """{"address":"a@b"}""", "a@b 5 False")]
    [InlineData("mail.send", 1, """{"address":"a@b","retries":2,"more":[{}]}""", "a@b 2 False")]
    [InlineData("mail.send", 2, """{"retries":7,"to":"a@b"}""", "a@b 7 False")]
    [InlineData("mail.send", 3, """{"to":"a@b","retries":1,"urgent":true}""", "a@b 1 True")]
    [InlineData("mail.post", 1, """{"address":"a@b"}""", "a@b 5 False")]
    [InlineData("mail.post", 3, """{"to":"a@b","retries":1,"urgent":true}""", "a@b 1 True")]
    [InlineData("Mail.Send", 2, """{"to":"a@b","retries":1}""", "a@b 1 False")]
    [InlineData("mail.track", 1, """{"host":"a.b"}""", "https://a.b/")]
    public async Task They_run(string name, int version, string data, string expected)
    {
        await using var host = await StartAsync();
        Send(host, name, version, data);

        await host.RunUntilIdleAsync(Token);

        Assert.Equal([expected], host.Services.GetRequiredService<RunLog>().Lines);
        Assert.Equal(1, host.Count(JobOutcomeKind.Succeeded));
    }

    [Fact]
    public async Task A_batch_takes_items_of_every_version_together()
    {
        await using var host = await StartAsync();
        Send(host, "mail.track", 1, """{"host":"old"}""");
        Send(host, "mail.track", 2, """{"url":"new"}""");

        await host.RunUntilIdleAsync(Token);

        Assert.Equal(["https://old/ new"], host.Services.GetRequiredService<RunLog>().Lines);
    }

    [Theory]
    [InlineData("mail.send", 4, "{}", "unknown-job")]
    [InlineData("mail.track", 3, "{}", "unknown-job")]
    [InlineData("MAIL.POST", 1, "{}", "unknown-job")]
    [InlineData("mail.send", 1, "{}", "undecodable")]
    [InlineData("mail.send", 2, """{"to":"a@b","retries":-1}""", "undecodable")]
    public async Task What_cannot_be_read_is_dead_lettered_and_never_run(string name, int version, string data, string reason)
    {
        await using var host = await StartAsync();
        Send(host, name, version, data);

        await host.RunUntilIdleAsync(Token);

        var letter = await LetterAsync(host);
        Assert.Equal(reason, letter.Reason);
        Assert.Empty(host.Services.GetRequiredService<RunLog>().Lines);
    }

    [Fact]
    public async Task An_upcast_that_throws_is_named_as_the_cause()
    {
        await using var host = await StartAsync();
        Send(host, "mail.send", 2, """{"to":"a@b","retries":-1}""");

        await host.RunUntilIdleAsync(Token);

        Assert.Contains("no such number of retries", (await LetterAsync(host)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_enqueued_has_the_present_name_and_version()
    {
        await using var host = await StartAsync();
        await host.Jobs.MailJobs.Send("a@b", 1, true, cancellationToken: Token);

        var job = Assert.Single(host.GetEnqueued<MailJobsClient.SendArgs>());
        Assert.Equal(("mail.send", 3), (job.Name, job.Version));
    }

    [Fact]
    public void A_message_that_was_read_as_a_value_is_written_as_what_it_now_is()
    {
        var old = JobMessage.FromBytes(Document("mail.post", 1, """{"address":"a@b"}"""));
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        JobDefinition.Of<MailJobsClient.SendArgs>().Decode(old).WriteTo(output);

        var read = JobMessage.FromBytes(output.WrittenMemory);
        Assert.Equal(("mail.send", 3, old.Id), (read.Name, read.Version, read.Id));
        Assert.Equal(new MailJobsClient.SendArgs("a@b", 5, false), read.ReadArgs(JobDefinition.Of<MailJobsClient.SendArgs>()));
    }

    private static Task<JobTestHost> StartAsync() => JobTestHost.StartAsync(
        static jobs =>
        {
            jobs.Services.AddSingleton<RunLog>();
            MailJobsClient.Register(jobs);
        },
        cancellationToken: Token);

    private static void Send(JobTestHost host, string name, int version, string data) => host.Broker.SendRaw("default", Document(name, version, data));

    private static byte[] Document(string name, int version, string data) =>
        Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{name}}-{{version}}","source":"/shop","type":"{{name}}","jobversion":{{version}},"data":{{data}}}""");

    private static async Task<DeadLetter> LetterAsync(JobTestHost host) =>
        Assert.Single((await ((IDeadLetterQueue)host.Broker).GetDeadLettersAsync("default", null, 10, Token)).Items);
}
