using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public class AckSubjectTests
{
    [Theory]
    [InlineData("$JS.ACK.JOBS_mail.w-high.3.17.29.1700000000123456789.42")]
    [InlineData("$JS.ACK.hub.AbC123.JOBS_mail.w-high.3.17.29.1700000000123456789.42")]
    [InlineData("$JS.ACK._.AbC123.JOBS_mail.w-high.3.17.29.1700000000123456789.42.zXy9")]
    [InlineData("$JS.ACK._.AbC123.JOBS_mail.w-high.3.17.29.1700000000123456789.42.zXy9.1.2.3.4.5.6.7.8")]
    public void Both_forms_are_read(string subject)
    {
        Assert.True(AckSubject.TryParse(Encoding.ASCII.GetBytes(subject), out var ack));

        Assert.Equal(new AckSubject(3, 17, 29, 1700000000123456789, 42), ack);
        Assert.Equal(new DateTimeOffset(2023, 11, 14, 22, 13, 20, TimeSpan.Zero).AddTicks(1234567), ack.Time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("_INBOX.abc.1")]
    [InlineData("$JS.ACK.s.c.1.2.3.4")]
    [InlineData("$JS.ACK.d.s.c.1.2.3.4.5")]
    [InlineData("$JS.ACK.s.c.1.2.3.4.")]
    [InlineData("$JS.ACK.s.c.1.x.3.4.5")]
    [InlineData("$JS.ACK.s.c.-1.2.3.4.5")]
    [InlineData("$JS.ACK.s.c.1.2.3.18446744073709551615.5")]
    [InlineData("$JS.ACK.s.c.1.2.3.99999999999999999999999.5")]
    public void Others_are_not(string subject) => Assert.False(AckSubject.TryParse(Encoding.ASCII.GetBytes(subject), out _));
}
