using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Tests.Sqs.Protocol;

public class SqsEndpointTests
{
    [Theory]
    [InlineData("eu-central-1", "https://sqs.eu-central-1.amazonaws.com/")]
    [InlineData("cn-north-1", "https://sqs.cn-north-1.amazonaws.com.cn/")]
    public void A_region_has_its_endpoint(string region, string url)
    {
        var endpoint = SqsEndpoint.Resolve(new SqsClientOptions { Region = region }, static _ => null);
        Assert.Equal((url, region, new Uri(url).Host), (endpoint.Address.AbsoluteUri, endpoint.Region, endpoint.Host));
    }

    [Fact]
    public void Configuration_wins_over_the_variable_of_the_service_and_that_over_the_common_one()
    {
        Dictionary<string, string> variables = new() { ["AWS_ENDPOINT_URL_SQS"] = "http://sqs:1", ["AWS_ENDPOINT_URL"] = "http://all:2" };
        var options = new SqsClientOptions { Region = "eu-central-1" };
        Assert.Equal("given:3", SqsEndpoint.Resolve(options with { Endpoint = new Uri("http://given:3") }, variables.GetValueOrDefault).Host);
        Assert.Equal("sqs:1", SqsEndpoint.Resolve(options, variables.GetValueOrDefault).Host);
        variables.Remove("AWS_ENDPOINT_URL_SQS");
        Assert.Equal("all:2", SqsEndpoint.Resolve(options, variables.GetValueOrDefault).Host);
        variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
        Assert.Equal("sqs.eu-central-1.amazonaws.com", SqsEndpoint.Resolve(options, variables.GetValueOrDefault).Host);
    }

    [Theory]
    [InlineData("ftp://a")]
    [InlineData("http://a/path")]
    [InlineData("nonsense")]
    public void What_is_no_endpoint_is_refused_by_its_source(string value)
    {
        var error = Assert.Throws<JobConfigurationException>(() => SqsEndpoint.Resolve(new SqsClientOptions { Region = "eu-central-1" }, name => name == "AWS_ENDPOINT_URL" ? value : null));
        Assert.Contains("AWS_ENDPOINT_URL", error.Message, StringComparison.Ordinal);
    }
}
