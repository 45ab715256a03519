using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public class NatsSubjectTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("$JS.API.CONSUMER.CREATE.S.c.jobs.mail.high")]
    [InlineData("jobs.ä*b.c>")]
    public void A_subject_passes(string subject) => NatsSubject.CheckLiteral(Encoding.UTF8.GetBytes(subject));

    [Theory]
    [InlineData("")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\r\nPUB b 0\r\n")]
    [InlineData("a\0")]
    public void What_would_break_the_line_or_mean_nothing_does_not(string subject)
    {
        Assert.Throws<ArgumentException>(() => NatsSubject.CheckLiteral(Encoding.UTF8.GetBytes(subject)));
        Assert.Throws<ArgumentException>(() => NatsSubject.Check(Encoding.UTF8.GetBytes(subject)));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("a.*.b")]
    [InlineData("a.>")]
    public void A_wildcard_is_only_for_subscriptions(string subject)
    {
        NatsSubject.Check(Encoding.UTF8.GetBytes(subject));

        Assert.Contains("wildcard", Assert.Throws<ArgumentException>(() => NatsSubject.CheckLiteral(Encoding.UTF8.GetBytes(subject))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.>.b")]
    [InlineData(">.a")]
    public void The_wildcard_for_the_rest_comes_last(string subject) =>
        Assert.Throws<ArgumentException>(() => NatsSubject.Check(Encoding.UTF8.GetBytes(subject)));
}
