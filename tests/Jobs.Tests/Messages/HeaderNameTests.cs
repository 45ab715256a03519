using Jobs.Messages;

namespace Jobs.Tests.Messages;

public sealed class HeaderNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("region")]
    [InlineData("subject")]
    [InlineData("x0123456789012345678")]
    public void Good_names(string name) => Assert.Null(HeaderName.Explain(name));

    [Theory]
    [InlineData("", "1 to 20")]
    [InlineData("x01234567890123456789", "1 to 20")]
    [InlineData("Region", "a-z")]
    [InlineData("x-region", "a-z")]
    [InlineData("é", "a-z")]
    [InlineData("job", "'job'")]
    [InlineData("jobqueue", "'job'")]
    [InlineData("id", "CloudEvents")]
    [InlineData("data", "CloudEvents")]
    [InlineData("traceparent", "CloudEvents")]
    public void Bad_names_are_explained(string name, string why) => Assert.Contains(why, HeaderName.Explain(name), StringComparison.Ordinal);
}
