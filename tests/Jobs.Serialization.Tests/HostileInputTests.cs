using System.Text;
using Jobs.Serialization.Tests.Oracle;

namespace Jobs.Serialization.Tests;

/// <summary>Bytes that no writer of ours made: reading them succeeds or throws <see cref="JobPayloadException"/>, nothing else.</summary>
public sealed class HostileInputTests
{
    [Theory, MemberData(nameof(OracleJob.Names), MemberType = typeof(OracleJob))]
    public void Text_that_ends_early_is_refused_at_every_byte(string name)
    {
        var job = OracleJob.All[name];
        var json = job.WriteByOracle(job.CreateArgs(new RandomValues(1)));

        for (var length = 0; length < json.Length; length++)
        {
            var exception = Assert.Throws<JobPayloadException>(() => job.Read(json.AsSpan(0, length)));
            Assert.Equal(name, exception.JobName);
        }
    }

    [Theory, MemberData(nameof(OracleJob.Names), MemberType = typeof(OracleJob))]
    public void A_wrong_byte_anywhere_does_no_more_than_refuse_the_payload(string name)
    {
        var job = OracleJob.All[name];
        var json = job.WriteByOracle(job.CreateArgs(new RandomValues(2)));
        ReadOnlySpan<byte> wrong = [0, 0x20, (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)'[', (byte)']', (byte)',', (byte)':', (byte)'-', (byte)'9', (byte)'e', 0x80, 0xC3, 0xED, 0xFF];

        // Large payloads repeat what small ones show.
        for (var i = 0; i < json.Length; i += 1 + (json.Length / 500))
        {
            var right = json[i];
            foreach (var other in wrong)
            {
                json[i] = other;
                AssertSafe(job, json);
            }

            json[i] = right;
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(" ", null)]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    [InlineData("1", null)]
    [InlineData("\"x\"", null)]
    [InlineData("\uFEFF{}", null)]
    [InlineData("{/**/}", null)]
    [InlineData("{}", "id")]
    [InlineData("{\"id\":null}", "id")]
    [InlineData("{\"id\":\"\\ud800\"}", "id")]
    [InlineData("{\"id\":\"6f460c1a-755d-d8e4-ad67-65d5f519dbc8\",\"customer\":null}", "customer")]
    [InlineData("{\"customer\":\"\\ud800\"}", "customer")]
    [InlineData("{\"lines\":[{\"amount\":1,\"currency\":\"EUR\"},{\"amount\":1e99}]}", "lines[1].amount")]
    [InlineData("{\"lines\":[{\"amount\":1,\"currency\":\"EUR\"},{\"amount\":1,\"note\":\"\"}]}", "lines[1].currency")]
    [InlineData("{\"lines\":[[]]}", "lines[0]")]
    [InlineData("{\"lines\":[null]}", "lines[0]")]
    [InlineData("{\"tags\":{\"a\":\"\",\"b\":[]}}", "tags.b")]
    [InlineData("{\"unknown\":[[1],{\"lines\":5}],\"at\":\"2026\"}", "at")]
    [InlineData("{\"EXPRESS\":true,\"express\":\"true\"}", "express")]
    public void The_error_names_job_and_member(string json, string? member)
    {
        var job = OracleJob.All["oracle.order"];

        var exception = Assert.Throws<JobPayloadException>(() => job.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal("oracle.order", exception.JobName);
        Assert.Equal(member, exception.Member);
        Assert.Contains("'oracle.order'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("{},")]
    public void Nothing_may_follow_a_payload(string json)
    {
        var job = OracleJob.All["oracle.nothing"];
        Assert.NotNull(job.Read("{ \"unknown\": 1 } \n"u8));

        Assert.Throws<JobPayloadException>(() => job.Read(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void The_error_for_missing_members_names_the_first_and_counts_the_others()
    {
        var exception = Assert.Throws<JobPayloadException>(() => OracleJob.All["oracle.order"].Read("{\"customer\":\"\"}"u8));

        Assert.Equal("The payload of job 'oracle.order', member 'id': it is required, but missing, and so are 3 more.", exception.Message);
    }

    [Theory]
    [InlineData("{\"value\":{\"name\":\"\",\"next\":", "{\"name\":\"\",\"next\":", "}")]
    [InlineData("{\"unknown\":", "[", "]")]
    public void S87_nesting_without_end_is_refused(string start, string level, string end)
    {
        var json = start + string.Concat(Enumerable.Repeat(level, 100_000)) + string.Concat(Enumerable.Repeat(end, 100_000)) + "}}";

        Assert.Throws<JobPayloadException>(() => OracleJob.All["oracle.recursive"].Read(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void S87_of_a_member_given_twice_the_last_counts()
    {
        var job = OracleJob.All["oracle.texts"];
        var json = "{\"value\":{\"a\":\"1\",\"b\":null,\"c\":\"x\",\"c\":\"y\",\"d\":null},\"text\":\"first\",\"text\":\"last\",\"optional\":null}"u8;

        Assert.Equal(job.ReadByOracle(json), job.Read(json));
        Assert.Equal("last", ((OracleJobsClient.TextsArgs)job.Read(json)).Text);
    }

    [Fact]
    public void S87_a_huge_text_is_read_whole_and_a_huge_number_is_refused()
    {
        var text = new string('é', 5_000_000);
        var args = (OracleJobsClient.TextsArgs)OracleJob.All["oracle.texts"].Read(Encoding.UTF8.GetBytes($$"""{"value":{"a":"1","b":null,"c":"x","d":null},"text":"{{text}}","optional":null}"""));
        Assert.Equal(text, args.Text);

        var digits = new string('9', 5_000_000);
        var exception = Assert.Throws<JobPayloadException>(() => OracleJob.All["oracle.order"].Read(Encoding.UTF8.GetBytes($$"""{"lines":[{"amount":{{digits}},"currency":""}]}""")));
        Assert.Equal("lines[0].amount", exception.Member);
        Assert.InRange(exception.Message.Length, 1, 1_000);
    }

    [Fact]
    public void S87_a_type_name_in_a_payload_is_an_unknown_member()
    {
        var job = OracleJob.All["oracle.texts"];
        var plain = job.Read("{\"value\":{\"a\":\"1\",\"b\":null,\"c\":\"x\",\"d\":null},\"text\":\"t\",\"optional\":null}"u8);
        var named = job.Read("{\"$type\":\"System.Diagnostics.Process\",\"value\":{\"$type\":\"System.Object\",\"$id\":\"1\",\"a\":\"1\",\"b\":null,\"c\":\"x\",\"d\":null},\"text\":\"t\",\"optional\":null,\"$ref\":\"1\"}"u8);

        Assert.Equal(plain, named);
    }

    [Fact]
    public void A_local_time_is_read_in_the_time_zone_of_the_reader()
    {
        // What JOBS033 tells of: the moment stays, the date and the hour need not.
        var moment = new DateTimeOffset(2026, 7, 1, 23, 30, 0, TimeSpan.FromHours(TimeZoneInfo.Local.GetUtcOffset(new DateTime(2026, 7, 1)).Hours > 0 ? -5 : 5));
        const string Value = "{\"a\":\"2026-07-01T00:00:00Z\",\"b\":\"2026-07-01T00:00:00Z\",\"c\":\"2026-07-01\",\"d\":\"2026-07-01T00:00:00\",\"e\":null,\"f\":null}";
        var args = (OracleJobsClient.DatesArgs)OracleJob.All["oracle.dates"].Read(
            Encoding.UTF8.GetBytes($$"""{"value":{{Value}},"date":"{{moment:yyyy-MM-ddTHH:mm:sszzz}}","offset":"2026-07-01T00:00:00Z","only":"2026-07-01"}"""));

        Assert.Equal(moment.LocalDateTime, args.Date);
        Assert.NotEqual(moment.DateTime, args.Date);
        Assert.Equal((DateTimeKind.Local, DateTimeKind.Utc, DateTimeKind.Unspecified), (args.Date.Kind, args.Value.A.Kind, args.Value.D!.Value.Kind));
    }

    [Fact]
    public void What_nests_too_deep_to_be_read_cannot_be_written()
    {
        var job = OracleJob.All["oracle.mutual"];
        var value = new Payloads.Even();
        for (var i = 0; i < 100; i++)
        {
            value = new Payloads.Even { Next = new Payloads.Odd { Value = i, Next = value } };
        }

        var exception = Assert.Throws<JobPayloadException>(() => job.Write(new OracleJobsClient.MutualArgs(value)));

        Assert.Equal("oracle.mutual", exception.JobName);
    }

    [Fact]
    public void A_number_that_json_lacks_cannot_be_written() =>
        Assert.Throws<JobPayloadException>(() => OracleJob.All["oracle.floats"].Write(new OracleJobsClient.FloatsArgs(new(0, double.NaN, 0, null, null, null))));

    [Fact]
    public void A_default_immutable_array_cannot_be_written() =>
        Assert.Throws<JobPayloadException>(() => OracleJob.All["oracle.immutable-lists"].Write(new OracleJobsClient.ImmutableListsArgs(new(default, [], [], [], null))));

    private static void AssertSafe(OracleJob job, byte[] json)
    {
        try
        {
            job.Read(json);
        }
        catch (JobPayloadException e)
        {
            Assert.Equal(job.Name, e.JobName);
        }
        catch (Exception e)
        {
            Assert.Fail($"{e.GetType()} from {Convert.ToHexString(json)}: {e}");
        }
    }
}
