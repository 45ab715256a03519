using System.Globalization;
using Amazon.Runtime;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Testing;

namespace Jobs.Brokers.Tests.Sqs.Protocol;

/// <summary>What the client makes of answers that the emulator does not give, and of none.</summary>
public class SqsTransportTests
{
    private const string Queue = "https://sqs.eu-central-1.amazonaws.com/1/q";
    private const string Found = """{"QueueUrl":"https://sqs.eu-central-1.amazonaws.com/1/q"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_what_SQS_expects_and_goes_to_the_endpoint_that_is_configured()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer("{}"));
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 15, 4, 5, TimeSpan.Zero));
        await using var client = SqsClients.Open(service.Url, time);
        await client.PurgeQueueAsync(Queue, Token);

        var request = Assert.Single(service.Requests);
        Assert.Equal("POST / HTTP/1.1", request.Line);
        Assert.Equal("application/x-amz-json-1.0", request.Headers["Content-Type"]);
        Assert.Equal("AmazonSQS.PurgeQueue", request.Headers["X-Amz-Target"]);
        Assert.Equal("20261122T150405Z", request.Headers["X-Amz-Date"]);
        Assert.Equal(service.Url.Authority, request.Headers["Host"]);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-central-1/sqs/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target, ", request.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal($$"""{"QueueUrl":"{{Queue}}"}""", request.Body);
    }

    [Fact]
    public async Task What_passes_is_tried_again()
    {
        var number = 0;
        await using var service = new ScriptedSqs(_ => ++number switch
        {
            1 => ScriptedSqs.Error("RequestThrottled", 403),
            2 => "",
            3 => ScriptedSqs.Answer("<html>Bad gateway</html>", 502),
            4 => ScriptedSqs.Error("InternalError", 500),
            _ => ScriptedSqs.Answer(Found),
        });
        await using var client = SqsClients.Open(service.Url);
        Assert.Equal(Queue, await client.GetQueueUrlAsync("q", Token));
        Assert.Equal(5, service.Requests.Count);
        Assert.Equal(BrokerStatus.Connected, client.Health.Status);
    }

    [Fact]
    public async Task In_the_end_the_error_tells_what_happened_and_health_too()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Error("ServiceUnavailable", 503, "Later."));
        await using var client = SqsClients.Open(service.Url);
        var error = await SqsClients.FailsAsync(client.GetQueueUrlAsync("q", Token));

        Assert.True(error is { Kind: SqsErrorKind.ServiceFailed, IsRetryable: true, IsOutcomeUnknown: true, Code: "ServiceUnavailable", RequestId: "req-1", Action: "GetQueueUrl" });
        Assert.Equal(new SqsClientOptions().MaxTries, service.Requests.Count);
        Assert.Equal((BrokerStatus.Reconnecting, error.Message), (client.Health.Status, client.Health.Error));
    }

    [Theory]
    [InlineData("AccessDenied", 403, nameof(SqsErrorKind.AccessDenied), "sqs:GetQueueUrl")]
    [InlineData("InvalidClientTokenId", 403, nameof(SqsErrorKind.Credentials), "Jobs:Sqs:AccessKey")]
    [InlineData("KmsAccessDenied", 400, nameof(SqsErrorKind.Encryption), "kms:Decrypt")]
    [InlineData("QueueDoesNotExist", 400, nameof(SqsErrorKind.QueueDoesNotExist), "q")]
    [InlineData("UnheardOf", 400, nameof(SqsErrorKind.Invalid), "UnheardOf")]
    [Trait("aws", "recorded")]
    public async Task Refusals_are_typed_name_the_remedy_and_are_not_repeated(string code, int status, string kind, string word)
    {
        await using var service = new ScriptedSqs(_ => ScriptedSqs.Error(code, status));
        await using var client = SqsClients.Open(service.Url);
        var error = await SqsClients.FailsAsync(client.GetQueueUrlAsync("q", Token));

        Assert.Equal((kind, code, false), ($"{error.Kind}", error.Code, error.IsOutcomeUnknown));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        // Credentials that are called unknown are looked for once more.
        Assert.Equal(kind == nameof(SqsErrorKind.Credentials) ? 2 : 1, service.Requests.Count);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("500", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{\"Succ", true)]
    [InlineData("403", false)]
    public async Task A_send_that_may_have_been_taken_is_not_repeated_unless_it_may_be(string answer, bool isUnknown)
    {
        await using var service = new ScriptedSqs(_ => answer switch
        {
            "500" => ScriptedSqs.Error("InternalError", 500),
            "403" => ScriptedSqs.Error("RequestThrottled", 403),
            _ => answer,
        });
        await using var client = SqsClients.Open(service.Url);
        var error = await Assert.ThrowsAsync<SqsException>(() => client.SendAsync(Queue, SqsClients.Entry("x")));
        Assert.Equal(isUnknown, error.IsOutcomeUnknown);
        Assert.Equal(isUnknown ? 1 : new SqsClientOptions().MaxTries, service.Requests.Count);

        error = await SqsClients.FailsAsync(client.SendMessageBatchAsync(Queue, new[] { SqsClients.Entry("x") }, new SqsEntryResult[1], isRepeatable: true, Token));
        Assert.True(error.IsRetryable);
        Assert.Equal((isUnknown ? 1 : 5) + new SqsClientOptions().MaxTries, service.Requests.Count);
    }

    [Fact]
    public async Task A_service_that_is_not_there_has_taken_nothing()
    {
        Uri url;
        await using (var service = new ScriptedSqs(static _ => null))
        {
            url = service.Url;
        }

        await using var client = SqsClients.Open(url);
        var error = await Assert.ThrowsAsync<SqsException>(() => client.SendAsync(Queue, SqsClients.Entry("x")));
        Assert.True(error is { Kind: SqsErrorKind.Unreachable, IsOutcomeUnknown: false, IsRetryable: true });
        Assert.Throws<SqsException>(() => client.ChangeMessageVisibilityBatch(Queue, [new("h"u8.ToArray(), 1)], new SqsEntryResult[1], SqsClients.Patience));
        Assert.Equal(BrokerStatus.Reconnecting, client.Health.Status);
    }

    [Fact]
    public async Task A_receive_gets_the_time_that_SQS_waits_on_top()
    {
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = new ScriptedSqs(_ =>
        {
            came.TrySetResult();
            return null;
        });
        var time = new FakeTimeProvider();
        await using var client = SqsClient.Open(SqsClients.Options(service.Url) with { MaxTries = 1 }, time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var receiving = client.ReceiveMessageAsync(Queue, new SqsReceiveOptions(10, 20, 30), Token).AsTask();
        await came.Task.WaitAsync(SqsClients.Patience, TimeProvider.System, Token);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(receiving.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<SqsException>(() => receiving);
        Assert.True(error is { Kind: SqsErrorKind.TimedOut, IsOutcomeUnknown: true });
    }

    [Fact]
    public async Task A_wrong_clock_is_corrected_once_by_that_of_the_service()
    {
        var now = new DateTimeOffset(2026, 11, 22, 15, 0, 0, TimeSpan.Zero);
        await using var service = new ScriptedSqs(request =>
        {
            var at = DateTimeOffset.ParseExact(request.Headers["X-Amz-Date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            return (at - now).Duration() > TimeSpan.FromMinutes(5)
                ? ScriptedSqs.Error("RequestTimeTooSkewed", 403, headers: $"Date: {now:R}\r\n")
                : ScriptedSqs.Answer(Found);
        });
        await using var client = SqsClients.Open(service.Url, new FakeTimeProvider(now.AddHours(-3)));
        await client.GetQueueUrlAsync("q", Token);
        await client.GetQueueUrlAsync("q", Token);
        Assert.Equal(["20261122T120000Z", "20261122T150000Z", "20261122T150000Z"], service.Requests.Select(static request => request.Headers["X-Amz-Date"]));
    }

    [Fact]
    public async Task A_wrong_secret_with_a_right_clock_is_not_tried_again()
    {
        var now = new DateTimeOffset(2026, 11, 22, 15, 0, 0, TimeSpan.Zero);
        await using var service = new ScriptedSqs(_ => ScriptedSqs.Error("SignatureDoesNotMatch", 403, headers: $"Date: {now:R}\r\n"));
        await using var client = SqsClients.Open(service.Url, new FakeTimeProvider(now.AddSeconds(30)));
        Assert.Equal(SqsErrorKind.Credentials, (await SqsClients.FailsAsync(client.GetQueueUrlAsync("q", Token))).Kind);
        Assert.Single(service.Requests);
        Assert.Equal(BrokerStatus.Failed, client.Health.Status);
    }

    [Fact]
    public async Task Expired_credentials_are_replaced()
    {
        var found = 0;
        await using var service = new ScriptedSqs(static request => request.Headers["Authorization"].Contains("Credential=KEY1/", StringComparison.Ordinal)
            ? ScriptedSqs.Error("ExpiredToken", 403)
            : ScriptedSqs.Answer(Found));
        await using var client = SqsClients.Open(
            new SqsClientOptions { Endpoint = service.Url, Region = "eu-central-1" },
            SqsClients.Credentials(() => new SessionAWSCredentials($"KEY{++found}", "secret", $"token{found}")));
        await client.GetQueueUrlAsync("q", Token);
        await client.GetQueueUrlAsync("q", Token);
        Assert.Equal(2, found);
        Assert.Equal(["token1", "token2", "token2"], service.Requests.Select(static request => request.Headers["X-Amz-Security-Token"]));
    }

    [Fact]
    public async Task Without_credentials_nothing_is_sent_and_the_error_says_what_to_set()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer(Found));
        await using var client = SqsClients.Open(
            new SqsClientOptions { Endpoint = service.Url, Region = "eu-central-1" },
            SqsClients.Credentials(static () => throw new AmazonClientException("Nowhere.")));
        var error = await SqsClients.FailsAsync(client.GetQueueUrlAsync("q", Token));
        Assert.Equal((SqsErrorKind.Credentials, false), (error.Kind, error.IsOutcomeUnknown));
        Assert.Contains("AWS_ACCESS_KEY_ID", error.Message, StringComparison.Ordinal);
        Assert.Equal(BrokerStatus.Failed, client.Health.Status);
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Renewals_use_a_connection_again_and_make_another_where_it_was_closed()
    {
        var number = 0;
        await using var service = new ScriptedSqs(_ => ++number switch
        {
            2 => "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n{\"Successful\":[{\"Id\":\"0\"}]\r\n1\r\n}\r\n0\r\n\r\n",
            4 => "",
            _ => ScriptedSqs.Answer("""{"Successful":[{"Id":"0"}]}"""),
        });
        await using var client = SqsClients.Open(service.Url);
        var results = new SqsEntryResult[1];
        for (var i = 0; i < 4; i++)
        {
            client.ChangeMessageVisibilityBatch(Queue, [new("h"u8.ToArray(), 30)], results, SqsClients.Patience);
            Assert.True(results[0].IsOk);
        }

        // The third was closed under the fourth renewal, which was sent again on another.
        Assert.Equal((5, 3), (service.Requests.Count, service.Connections));
    }

    [Fact]
    public async Task A_renewal_does_not_wait_longer_than_it_may()
    {
        await using var service = new ScriptedSqs(static _ => null);
        await using var client = SqsClients.Open(service.Url);
        var error = Assert.Throws<SqsException>(() => client.ChangeMessageVisibilityBatch(Queue, [new("h"u8.ToArray(), 30)], new SqsEntryResult[1], TimeSpan.FromMilliseconds(50)));
        Assert.True(error is { Kind: SqsErrorKind.TimedOut, IsOutcomeUnknown: true });
    }

    [Fact]
    [Trait("aws", "recorded")]
    public async Task A_move_is_started_and_its_handle_given()
    {
        await using var service = new ScriptedSqs(static _ => ScriptedSqs.Answer("""{"TaskHandle":"eyJ0YXNrSWQiOiJ4In0="}"""));
        await using var client = SqsClients.Open(service.Url);
        Assert.Equal("eyJ0YXNrSWQiOiJ4In0=", await client.StartMessageMoveTaskAsync("arn:a", "arn:b", 500, Token));
        Assert.Equal("""{"SourceArn":"arn:a","DestinationArn":"arn:b","MaxNumberOfMessagesPerSecond":500}""", Assert.Single(service.Requests).Body);
    }
}
