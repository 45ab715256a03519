using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Jobs.Brokers.Sqs.Protocol.Signing;

namespace Jobs.Brokers.Tests.Sqs.Protocol.Signing;

public class RequestSignerTests
{
    private static readonly ImmutableCredentials Example = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);

    /// <summary>What the cases of AWS's own suite for Signature Version 4 come to that are POSTs without a query.</summary>
    [Theory]
    [InlineData("post-vanilla", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("post-header-key-sort", "my-header1:value1", "", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    [InlineData("post-header-value-case", "my-header1:VALUE1", "", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d")]
    [InlineData("post-x-www-form-urlencoded", "content-length:13|content-type:application/x-www-form-urlencoded|x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e", "Param1=value1", "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b")]
    public void The_cases_of_AWS_come_out(string name, string extra, string body, string signature)
    {
        SignedHeader[] headers =
        [
            .. new[] { "host:example.amazonaws.com", "x-amz-date:20150830T123600Z" }
                .Concat(extra.Split('|', StringSplitOptions.RemoveEmptyEntries))
                .Select(static header => header.Split(':', 2))
                .Select(static parts => new SignedHeader(parts[0], parts[1]))
                .OrderBy(static header => header.Name, StringComparer.Ordinal),
        ];

        var authorization = new RequestSigner("us-east-1", "service").Sign(Example, "20150830T123600Z", "/", headers, SHA256.HashData(Encoding.UTF8.GetBytes(body)));

        var names = string.Join(';', headers.Select(static header => header.Name));
        Assert.True(name.Length > 0);
        Assert.Equal($"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={names}, Signature={signature}", authorization);
    }

    [Fact]
    public void Random_requests_are_signed_as_the_SDK_signs_them()
    {
        var random = new Random(20261122);
        var signers = new Dictionary<string, RequestSigner>();
        for (var round = 0; round < 500; round++)
        {
            var region = Pick(random, "eu-central-1", "us-east-1", "cn-north-1", "us-gov-west-1");
            var credentials = new ImmutableCredentials($"AK{random.Next(5)}", $"se/cr+et={random.Next(5)}", random.Next(2) == 0 ? null : Convert.ToBase64String(RandomBytes(random, 400)));
            var body = RandomBytes(random, random.Next(2_000));
            var target = $"AmazonSQS.{Pick(random, "SendMessageBatch", "ReceiveMessage", "DeleteMessageBatch")}";
            var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next(100_000_000));
            var timestamp = at.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            var expected = SignBySdk(new Uri($"https://sqs.{region}.amazonaws.com"), region, credentials, body, target, at, out var signed);

            if (!signers.TryGetValue(region, out var signer))
            {
                signers.Add(region, signer = new RequestSigner(region, "sqs"));
            }

            Assert.Equal(expected, signer.Sign(credentials, timestamp, "/", signed, SHA256.HashData(body)));
        }
    }

    [Fact]
    public void A_signature_allocates_its_own_text_alone()
    {
        var signer = new RequestSigner("eu-central-1", "sqs");
        SignedHeader[] headers = [new("host", "sqs.eu-central-1.amazonaws.com"), new("x-amz-date", "20261122T150405Z")];
        var hash = SHA256.HashData([]);
        var text = signer.Sign(Example, "20261122T150405Z", "/", headers, hash);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            signer.Sign(Example, "20261122T150405Z", "/", headers, hash);
        }

        // A string has 22 bytes besides its characters, rounded up to words.
        Assert.Equal(100 * (((2 * text.Length) + 22 + 7) / 8 * 8), GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string SignBySdk(Uri endpoint, string region, ImmutableCredentials credentials, byte[] body, string target, DateTime at, out SignedHeader[] signed)
    {
        var request = new DefaultRequest(new AnyRequest(), "Amazon.SQS") { HttpMethod = "POST", Endpoint = endpoint, ResourcePath = "/", Content = body, OverrideSigningServiceName = "sqs", AuthenticationRegion = region };
        request.Headers["Content-Type"] = "application/x-amz-json-1.0";
        request.Headers["X-Amz-Target"] = target;
        if (credentials.UseToken)
        {
            request.Headers["X-Amz-Security-Token"] = credentials.Token;
        }

        var result = new AWS4Signer(signPayload: true).SignRequest(request, new AnyConfig(), null, credentials.AccessKey, credentials.SecretKey, at);
        var values = request.Headers.ToDictionary(static header => header.Key.ToLowerInvariant(), static header => header.Value);
        signed = [.. result.SignedHeaders.Split(';').Select(name => new SignedHeader(name, values[name]))];
        return result.ForAuthorizationHeader;
    }

    private static string Pick(Random random, params string[] words) => words[random.Next(words.Length)];

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed class AnyRequest : AmazonWebServiceRequest;

    private sealed class AnyConfig() : ClientConfig(null!)
    {
        public override string RegionEndpointServiceName => "sqs";

        public override string ServiceVersion => "2012-11-05";

        public override string UserAgent => "";

        public override Amazon.Runtime.Endpoints.Endpoint DetermineServiceOperationEndpoint(Amazon.Runtime.Endpoints.ServiceOperationEndpointParameters parameters) => throw new NotSupportedException();
    }
}
