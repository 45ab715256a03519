using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Messages;

public sealed class JobDocumentTests
{
    private const string Minimal = """{"specversion":"1.0","id":"1","source":"/shop","type":"test.text","data":{"text":"hi"}}""";

    [Fact]
    public void What_is_absent_takes_its_default()
    {
        var message = Wire.Read("""{"specversion":"1.0","id":"1","source":"/shop","type":"test.text"}""");

        Assert.Equal(JobId.Parse("1"), message.Id);
        Assert.Equal("/shop", message.Source);
        Assert.Equal("test.text", message.Name);
        Assert.Equal(1, message.Version);
        Assert.Equal("default", message.Queue);
        Assert.Equal(default, message.EnqueuedAt);
        Assert.Null(message.Due);
        Assert.Same(MessageAttributes.None, message.Attributes);
        Assert.Same(MessageState.Initial, message.State);
        Assert.True(message.MayRepeat);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","data":{}""")]
    [InlineData(""","data":null""")]
    [InlineData(""","data": null , "jobqueue":"a" """)]
    public void A_job_without_a_payload_reads_an_empty_object(string data)
    {
        var message = Wire.Read($$"""{"specversion":"1.0","id":"1","source":"/","type":"test.number"{{data}}}""");

        Assert.Equal(new NumberArgs(0), message.ReadArgs(NumberArgs.Definition));
    }

    [Theory]
    [InlineData("""{"data":{"text":"hi"},"type":"test.text","source":"/shop","id":"1","specversion":"1.0"}""")]
    [InlineData("""{"specversion":"1.0","data":{"text":"hi"},"id":"1","source":"/shop","type":"test.text"}""")]
    [InlineData(" \r\n{ \"specversion\" : \"1.0\" ,\n\t\"id\":\"1\", \"source\":\"/shop\",\"type\":\"test.text\", \"data\" :\t{ \"text\" : \"hi\" }\n}\n ")]
    [InlineData("""{"sp\u0065cversion":"1\u002e0","\u0069d":"\u0031","source":"\/shop","type":"test\u002Etext","d\u0061ta":{"t\u0065xt":"h\u0069"}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/shop","type":"test.text","datacontenttype":"application/json; charset=utf-8","data":{"text":"hi"}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/shop","type":"test.text","datacontenttype":"application/vnd.shop+JSON","data":{"text":"hi"}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/shop","type":"test.text","jobversion":"1","jobdue":null,"time":null,"data":{"a":[{"b":"}\\\"]"},{}],"text":"hi"}}""")]
    public void Order_space_and_escapes_mean_nothing(string document)
    {
        var message = Wire.Read(document);

        Assert.Equal("1", message.Id.ToString());
        Assert.Equal("/shop", message.Source);
        Assert.Equal("test.text", message.Name);
        Assert.Equal(1, message.Version);
        Assert.Same(MessageAttributes.None, message.Attributes);
        Assert.Equal(new TextArgs("hi"), message.ReadArgs(TextArgs.Definition));
        Assert.Equal(document, Wire.Text(message));
    }

    [Fact]
    public void Attributes_that_follow_the_payload_count()
    {
        var message = Wire.Read("""{"specversion":"1.0","id":"1","source":"/","data":{"text":"hi"},"type":"t","jobqueue":"low","jobexpires":"2026-11-22T12:00:00Z"}""");

        Assert.Equal("low", message.Queue);
        Assert.Equal(Wire.Noon, message.Attributes.Expires);
        Assert.Equal("hi", message.ReadArgs(TextArgs.Definition).Text);
    }

    [Fact]
    public void Other_attributes_are_headers()
    {
        var message = Wire.Read("""
            {"specversion":"1.0","id":"1","source":"/","type":"t","subject":"s","flag":true,"off":false,"count":-7,"empty":"",
             "jobfuture":"kept","none":null,"object":{"a":1},"list":[1],"fraction":1.5,"data":{}}
            """);

        Assert.Equal(
            new Dictionary<string, string> { ["subject"] = "s", ["flag"] = "true", ["off"] = "false", ["count"] = "-7", ["empty"] = "", ["jobfuture"] = "kept" },
            message.Attributes.Headers.ToDictionary());
    }

    [Theory]
    [InlineData("2026-11-22T12:00:00Z")]
    [InlineData("2026-11-22t12:00:00z")]
    [InlineData("2026-11-22T13:30:00+01:30")]
    [InlineData("2026-11-22T13:30:00\\u002B01:30")]
    [InlineData("2026-11-21T23:00:00-13:00")]
    [InlineData("2026-11-22T12:00:00.000000000000Z")]
    [InlineData("2026-11-22T11:59:60Z")]
    public void Times_are_instants(string time)
    {
        var message = Wire.Read($$"""{"specversion":"1.0","id":"1","source":"/","type":"t","time":"{{time}}","jobdue":"{{time}}","jobtick":"{{time}}"}""");

        Assert.Equal(Wire.Noon, message.EnqueuedAt);
        Assert.Equal(TimeSpan.Zero, message.EnqueuedAt.Offset);
        Assert.Equal(Wire.Noon, message.Due);
        Assert.Equal(Wire.Noon, message.Attributes.Tick);
    }

    [Fact]
    public void A_fraction_is_kept_to_the_tick()
    {
        var message = Wire.Read("""{"specversion":"1.0","id":"1","source":"/","type":"t","time":"2026-11-22T12:00:00.1234567899Z","jobdue":"2026-11-22T12:00:00.5+00:00"}""");

        Assert.Equal(Wire.Noon.AddTicks(1234567), message.EnqueuedAt);
        Assert.Equal(Wire.Noon.AddMilliseconds(500), message.Due);
    }

    [Theory]
    [InlineData("specversion")]
    [InlineData("id")]
    [InlineData("source")]
    [InlineData("type")]
    public void A_missing_attribute_is_named(string name)
    {
        string[] members = ["\"specversion\":\"1.0\"", "\"id\":\"1\"", "\"source\":\"/\"", "\"type\":\"t\""];

        var without = string.Join(',', members.Where(member => !member.StartsWith($"\"{name}\"", StringComparison.Ordinal)));
        Assert.Equal($"Attribute '{name}' is missing.", Wire.Error($$"""{{{without}}}"""));
        Assert.Equal($"Attribute '{name}' is missing.", Wire.Error($$$"""{{{{without}}},"data":{}}"""));
        Assert.Contains($"'{name}' is missing", Wire.Error($$"""{{{without}},"{{name}}":null}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("specversion", "\"0.3\"")]
    [InlineData("specversion", "1.0")]
    [InlineData("id", "\"\"")]
    [InlineData("id", "7")]
    [InlineData("source", "\"\"")]
    [InlineData("type", "\"\"")]
    [InlineData("type", "{}")]
    [InlineData("time", "\"2026-11-22T12:00:00\"")]
    [InlineData("time", "\"2026-11-22\"")]
    [InlineData("time", "\"2026-11-22T12:00:00.5\"")]
    [InlineData("time", "\"2026-11-22T12:00:00X\"")]
    [InlineData("time", "\"2026-11-22T12:00:00+24:00\"")]
    [InlineData("time", "\"2026-02-29T12:00:00Z\"")]
    [InlineData("time", "\"2026-11-22T24:00:00Z\"")]
    [InlineData("time", "\"2026-11-22T12:00:00.Z\"")]
    [InlineData("time", "\"2026-11-22T12:00:00+1:00\"")]
    [InlineData("time", "\"0001-01-01T00:00:00+01:00\"")]
    [InlineData("time", "\"9999-12-31T23:59:60Z\"")]
    [InlineData("time", "\"\"")]
    [InlineData("time", "1795348800")]
    [InlineData("datacontenttype", "\"text/xml\"")]
    [InlineData("jobversion", "0")]
    [InlineData("jobversion", "1.5")]
    [InlineData("jobversion", "\"1x\"")]
    [InlineData("jobversion", "\"\"")]
    [InlineData("jobversion", "99999999999")]
    [InlineData("jobqueue", "\"\"")]
    [InlineData("jobdue", "\"soon\"")]
    [InlineData("jobexpires", "true")]
    [InlineData("jobpriority", "\"urgent\"")]
    [InlineData("jobpriority", "2")]
    [InlineData("jobkey", "5")]
    [InlineData("jobmaxattempts", "-1")]
    [InlineData("jobbackoff", "\"5\"")]
    [InlineData("jobbackoff", "\"-00:00:05\"")]
    [InlineData("jobtimeout", "\"24:00:00\"")]
    [InlineData("jobtimeout", "\"PT5S\"")]
    [InlineData("jobtimeout", "30")]
    [InlineData("jobparent", "\"\"")]
    [InlineData("data_base64", "\"e30=\"")]
    [InlineData("dataref", "\"https://example.com/1\"")]
    public void A_wrong_attribute_is_named(string name, string value)
    {
        var members = new Dictionary<string, string> { ["specversion"] = "\"1.0\"", ["id"] = "\"1\"", ["source"] = "\"/\"", ["type"] = "\"t\"" };
        members[name] = value;

        var error = Wire.Error("{" + string.Join(',', members.Select(member => $"\"{member.Key}\":{member.Value}")) + ",\"data\":{}}");

        Assert.StartsWith($"Attribute '{name}' is ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_id_is_256_characters()
    {
        var longest = string.Concat(Enumerable.Repeat("é\\u00e9", 128));

        Assert.Equal(new string('é', 256), Wire.Read(Minimal.Replace("\"1\"", $"\"{longest}\"", StringComparison.Ordinal)).Id.ToString());
        Assert.Contains("'id'", Wire.Error(Minimal.Replace("\"1\"", $"\"{longest}x\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"/","type":"t","data":{}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/","type":"t","\u0069d":"1"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/","type":"t","jobqueue":null,"jobqueue":"a"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/","type":"t","data":{},"data":{}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/","type":"t","a":"1","a":"2"}""")]
    public void What_appears_twice_is_refused(string document) => Assert.Contains("twice", Wire.Error(document), StringComparison.Ordinal);

    [Fact]
    public void Every_truncation_ends_in_an_error()
    {
        foreach (var name in new[] { "document-minimal.json", "document-full.json", "document-other-sdk.json" })
        {
            var document = Wire.Utf8(Wire.Resource(name).TrimEnd());
            Assert.True(JobMessage.TryFromBytes(document, default, out _, out _));
            for (var length = 0; length < document.Length; length++)
            {
                Wire.Error(document[..length]);
            }
        }
    }

    [Fact]
    public void Every_damaged_byte_ends_in_an_error_or_a_message()
    {
        var original = Wire.Utf8(Wire.Resource("document-full.json").TrimEnd());
        var random = new Random(11);
        for (var at = 0; at < original.Length; at++)
        {
            foreach (var damage in new byte[] { 0, (byte)'"', (byte)'{', (byte)'}', (byte)'\\', 0x80, 0xFF, (byte)random.Next(256) })
            {
                var document = original.ToArray();
                document[at] = damage;
                if (!JobMessage.TryFromBytes(document, default, out var message, out var error))
                {
                    Assert.NotEmpty(error);
                    continue;
                }

                Assert.Equal(document, Wire.Bytes(message));
                try
                {
                    message.ReadArgs(TextArgs.Definition);
                }
                catch (JobPayloadException)
                {
                    // The payload is read only when the job runs.
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{}{}")]
    [InlineData("{")]
    [InlineData("\uFEFF{}")]
    [InlineData(Minimal + "x")]
    [InlineData(Minimal + Minimal)]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/","type":"t","data":{}]}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/","type":"t","data":{},}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/","type":"t","data":{"a":"\""")]
    [InlineData("""{"specversion":"1.0","id":"\ud800","source":"/","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/","type":"t","a\ud800":"b"}""")]
    public void What_is_no_document_ends_in_an_error(string document) => Wire.Error(document);

    [Theory]
    [InlineData("""{"text":[}}""")]
    [InlineData("""{"text" "hi"}""")]
    [InlineData("""{"text":"\ud800"}""")]
    [InlineData("""{"text":"\x"}""")]
    [InlineData("""{"text":nul}""")]
    public void What_is_wrong_in_the_payload_is_found_when_the_job_reads_it(string data)
    {
        var message = Wire.Read(Minimal.Replace("""{"text":"hi"}""", data, StringComparison.Ordinal));

        Assert.Equal("1", message.Id.ToString());
        Assert.Equal("test.text", Assert.Throws<JobPayloadException>(() => message.ReadArgs(TextArgs.Definition)).JobName);
    }

    [Fact]
    public void Invalid_utf8_ends_in_an_error()
    {
        foreach (var text in new[] { "1", "/shop", "test.text" })
        {
            var document = Wire.Utf8(Minimal);
            document[document.AsSpan().IndexOf(Wire.Utf8($"\"{text}\"")) + 1] = 0xC3;
            Wire.Error(document);
        }
    }

    [Fact]
    public void Depth_and_size_end_in_an_error()
    {
        foreach (var member in new[] { "data", "other" })
        {
            Wire.Error($$"""{"specversion":"1.0","id":"1","source":"/","type":"t","{{member}}":{{new string('[', 100_000)}}""");
            var deep = $$"""{"specversion":"1.0","id":"1","source":"/","type":"t","{{member}}":{{new string('[', 100_000)}}{{new string(']', 100_000)}},"z":1}""";
            Assert.Contains("depth", Wire.Error(deep), StringComparison.Ordinal);
        }

        var nested = Minimal.Replace("\"hi\"", new string('[', 100_000) + new string(']', 100_000), StringComparison.Ordinal);
        Assert.Throws<JobPayloadException>(() => Wire.Read(nested).ReadArgs(TextArgs.Definition));

        Assert.Contains("'id'", Wire.Error(Minimal.Replace("\"1\"", $"\"{new string('x', 1_000_000)}\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("'time'", Wire.Error(Minimal.Replace("\"data\"", $"\"time\":\"{new string('0', 1_000_000)}\",\"data\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_shows_nothing_of_the_payload()
    {
        var error = Wire.Error("""{"specversion":"1.0","id":"1","source":"/","type":"t","jobkey":["secret"],"data":{"text":"secret"}}""");

        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void FromBytes_throws_the_error()
    {
        var exception = Assert.Throws<JobPayloadException>(() => JobMessage.FromBytes(Wire.Utf8("{}")));

        Assert.Contains("'specversion' is missing", exception.Message, StringComparison.Ordinal);
    }
}
