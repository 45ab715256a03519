using Jobs.Brokers.Conformance.Faults;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Brokers.Tests.Sqs.Protocol;

namespace Jobs.Brokers.Tests.Faults;

public class HttpFaultProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpFault.None, 1, nameof(SqsErrorKind.None))]
    [InlineData(HttpFault.Delay, 1, nameof(SqsErrorKind.None))]
    [InlineData(HttpFault.DropRequest, 0, nameof(SqsErrorKind.Unreachable))]
    [InlineData(HttpFault.DropAnswer, 1, nameof(SqsErrorKind.Unreachable))]
    [InlineData(HttpFault.FailAfter, 1, nameof(SqsErrorKind.ServiceFailed))]
    [InlineData(HttpFault.FailBefore, 0, nameof(SqsErrorKind.ServiceFailed))]
    [InlineData(HttpFault.Throttle, 0, nameof(SqsErrorKind.Throttled))]
    public async Task Each_fault_is_what_it_says(HttpFault fault, int reached, string told)
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer("""{"QueueUrl":"u"}"""));
        await using var proxy = new HttpFaultProxy(service.Url) { Script = (action, number) => action == "GetQueueUrl" && number == 1 ? fault : null, LongestDelay = TimeSpan.FromMilliseconds(1) };
        await using var client = SqsClient.Open(SqsClients.Options(proxy.Url) with { MaxTries = 1 }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        var error = SqsErrorKind.None;
        try
        {
            Assert.Equal("u", await client.GetQueueUrlAsync("q", Token));
        }
        catch (SqsException exception)
        {
            error = exception.Kind;
        }

        Assert.Equal((told, reached), ($"{error}", service.Requests.Count));
        // Only the first was to go wrong.
        Assert.Equal("u", await client.GetQueueUrlAsync("q", Token));
        Assert.Equal(2, proxy.Requests["GetQueueUrl"]);
        Assert.Equal(fault == HttpFault.None ? 0 : 1, proxy.Faults.GetValueOrDefault(fault));
    }

    [Fact]
    public async Task A_share_of_the_requests_goes_wrong_in_all_ways_and_the_client_gets_through()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer("""{"QueueUrl":"u"}"""));
        await using var proxy = new HttpFaultProxy(service.Url) { Rate = 0.3, LongestDelay = TimeSpan.FromMilliseconds(5) };
        await using var client = SqsClient.Open(SqsClients.Options(proxy.Url) with { MaxTries = 20 }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        for (var i = 0; i < 100; i++)
        {
            await client.GetQueueUrlAsync("q", Token);
        }

        Assert.Equal(6, proxy.Faults.Count);
    }
}
