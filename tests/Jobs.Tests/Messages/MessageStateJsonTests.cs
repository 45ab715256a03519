using System.Text;
using Jobs.Messages;

namespace Jobs.Tests.Messages;

public sealed class MessageStateJsonTests
{
    [Fact]
    public void A_state_as_just_enqueued_is_not_written()
    {
        Assert.Empty(Wire.Bytes(MessageState.Initial));
        Assert.Empty(Wire.Bytes(new MessageState { Copy = 1, Attempt = 2 } with { Copy = 0, Attempt = 1, Failures = [] }));
        Assert.Same(MessageState.Initial, Wire.ReadState(""));
    }

    [Fact]
    public void Each_member_alone_is_written()
    {
        Assert.Equal("""{"copy":1}""", Wire.Text(new MessageState { Copy = 1 }));
        Assert.Equal("""{"attempt":2}""", Wire.Text(new MessageState { Attempt = 2 }));
        Assert.Equal("""{"crashes":1}""", Wire.Text(new MessageState { Crashes = 1 }));
        Assert.Equal("""{"due":"2026-11-22T12:00:00Z"}""", Wire.Text(new MessageState { Due = Wire.Noon.ToOffset(TimeSpan.FromHours(2)) }));
        Assert.Equal("""{"unknownsince":"2026-11-22T12:00:00Z"}""", Wire.Text(new MessageState { UnknownSince = Wire.Noon }));
        Assert.Equal("""{"omitted":1}""", Wire.Text(new MessageState { OmittedFailures = 1 }));
        Assert.Equal("""{"record":9223372036854775807}""", Wire.Text(new MessageState { RecordVersion = long.MaxValue }));
        Assert.Equal(
            """{"failures":[{"attempt":1,"at":"2026-11-22T12:00:00Z","type":"T","message":"m"}]}""",
            Wire.Text(new MessageState { Failures = [Failure(1, "m")] }));
    }

    [Fact]
    public void Random_states_come_back_as_they_were()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var state = new MessageState
            {
                Copy = random.Next(3) * random.Next(1_000_000),
                Attempt = 1 + random.Next(3),
                Crashes = random.Next(3),
                Due = random.Next(2) == 0 ? RandomMessages.Time(random) : null,
                UnknownSince = random.Next(2) == 0 ? RandomMessages.Time(random) : null,
                Failures = [.. Enumerable.Range(0, random.Next(17)).Select(n => new JobFailure
                {
                    Attempt = n,
                    At = RandomMessages.Time(random),
                    Type = RandomMessages.Text(random, 0),
                    Message = RandomMessages.Text(random, 0),
                    Worker = random.Next(2) == 0 ? RandomMessages.Text(random, 0) : null,
                })],
                OmittedFailures = random.Next(3),
                RecordVersion = random.Next(2) * random.NextInt64(),
            };

            var json = Wire.Text(state);
            var read = Wire.ReadState(json);

            Assert.All(json, character => Assert.InRange(character, ' ', '~'));
            Assert.Equal(state with { Failures = read.Failures }, read);
            Assert.Equal(state.Failures, read.Failures);
        }
    }

    [Theory]
    [InlineData("x", 1_024)]
    [InlineData("é", 170)]
    [InlineData("\"", 170)]
    [InlineData("\n", 512)]
    [InlineData("😀", 85)]
    public void A_message_is_cut_to_its_encoded_length(string unit, int most)
    {
        var whole = string.Concat(Enumerable.Repeat(unit, most));
        var longer = whole + unit;

        Assert.Equal(whole, RoundTrip(whole));
        var cut = RoundTrip(longer);

        Assert.EndsWith("...", cut, StringComparison.Ordinal);
        Assert.StartsWith(cut[..^3], longer, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', cut);
        Assert.Equal(0, (cut.Length - 3) % unit.Length);
        Assert.InRange(Encoded(cut), JobFailure.MaxMessageBytes - 14, JobFailure.MaxMessageBytes);

        static string RoundTrip(string message) => Wire.ReadState(Wire.Text(new MessageState { Failures = [Failure(1, message)] })).Failures[0].Message;
        static int Encoded(string message) => Wire.Bytes(new MessageState { Failures = [Failure(1, message)] }).Length - Wire.Bytes(new MessageState { Failures = [Failure(1, "")] }).Length;
    }

    [Fact]
    public void Only_the_last_failure_keeps_its_stack()
    {
        var read = Wire.ReadState(Wire.Text(new MessageState { Failures = [Failure(1, "a", "first"), Failure(2, "b", "second")] }));

        Assert.Null(read.Failures[0].Stack);
        Assert.Equal("second", read.Failures[1].Stack);
    }

    [Fact]
    public void The_first_and_the_last_failures_are_kept()
    {
        var read = Wire.ReadState(Wire.Text(new MessageState { Failures = [.. Enumerable.Range(1, 10_000).Select(n => Failure(n, "m"))], OmittedFailures = 5 }));

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9_993, 9_994, 9_995, 9_996, 9_997, 9_998, 9_999, 10_000], read.Failures.Select(failure => failure.Attempt));
        Assert.Equal(9_989, read.OmittedFailures);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("😀")]
    [InlineData("\0")]
    public void No_state_outgrows_the_limit(string unit)
    {
        var huge = string.Concat(Enumerable.Repeat(unit, 100_000));
        var state = new MessageState
        {
            Copy = int.MaxValue,
            Attempt = int.MaxValue,
            Crashes = int.MaxValue,
            Due = Wire.Noon.AddTicks(1),
            UnknownSince = Wire.Noon.AddTicks(1),
            Failures = [.. Enumerable.Range(1, 100).Select(n => new JobFailure { Attempt = n, At = Wire.Noon.AddTicks(n), Type = huge, Message = huge, Stack = huge, Worker = huge })],
        };

        var json = Wire.Bytes(state);

        Assert.InRange(json.Length, MessageState.MaxBytes - 2_048, MessageState.MaxBytes);
        var read = Wire.ReadState(Encoding.UTF8.GetString(Wire.Bytes(state with { Copy = 1, Attempt = 101, Crashes = 0 })));
        Assert.Equal(100, read.Failures.Count + read.OmittedFailures);
        Assert.InRange(read.Failures.Count, 12, 16);
        Assert.Equal(1, read.Failures[0].Attempt);
        Assert.Equal(100, read.Failures[^1].Attempt);
        Assert.Equal(Enumerable.Range(1, read.Failures.Count / 2), read.Failures.Take(read.Failures.Count / 2).Select(failure => failure.Attempt));
        Assert.NotNull(read.Failures[^1].Stack);
    }

    [Fact]
    public void A_job_that_fails_10_000_times_stays_within_the_limit()
    {
        string message = new('é', 5_000), stack = new('s', 50_000);
        var state = MessageState.Initial;
        for (var n = 1; n <= 10_000; n++)
        {
            state = state.AfterRetry(Failure(n, message, stack), Wire.Noon, 1);
            if (n % 1_000 == 0)
            {
                state = Wire.ReadState(Wire.Text(state));
            }
        }

        Assert.InRange(Wire.Bytes(state).Length, 1, MessageState.MaxBytes);
        Assert.Equal(10_000, state.Copy);
        Assert.Equal(10_001, state.Attempt);
        Assert.Equal(10_000, state.Failures.Count + state.OmittedFailures);
        Assert.Equal(10_000, state.Failures[^1].Attempt);
    }

    [Fact]
    public void Unknown_members_are_skipped_and_null_is_absent()
    {
        var state = Wire.ReadState("""
            { "later": {"copy":9}, "copy": 3, "due": null, "failures": [ { "new": [1], "type": "T", "stack": null } ], "omitted": null, "attempt": null }
            """);

        Assert.Equal(3, state.Copy);
        Assert.Equal(1, state.Attempt);
        Assert.Null(state.Due);
        var failure = Assert.Single(state.Failures);
        Assert.Equal(new JobFailure { Attempt = 1, At = default, Type = "T", Message = "" }, failure);
        Assert.Empty(Wire.ReadState("""{"failures":null}""").Failures);
        Assert.Equal(0, Wire.ReadState("""{"record":null}""").RecordVersion);
    }

    [Theory]
    [InlineData("copy", """{"copy":-1}""")]
    [InlineData("copy", """{"copy":1000000001}""")]
    [InlineData("copy", """{"copy":"1"}""")]
    [InlineData("copy", """{"copy":1.5}""")]
    [InlineData("attempt", """{"attempt":0}""")]
    [InlineData("crashes", """{"crashes":[]}""")]
    [InlineData("due", """{"due":5}""")]
    [InlineData("due", """{"due":"2026-11-22T12:00:00"}""")]
    [InlineData("unknownsince", """{"unknownsince":"x"}""")]
    [InlineData("failures", """{"failures":{}}""")]
    [InlineData("failure", """{"failures":[1]}""")]
    [InlineData("failures.at", """{"failures":[{"at":"x"}]}""")]
    [InlineData("failures.attempt", """{"failures":[{"attempt":-1}]}""")]
    [InlineData("failures.message", """{"failures":[{"message":{}}]}""")]
    [InlineData("omitted", """{"omitted":true}""")]
    [InlineData("record", """{"record":-1}""")]
    [InlineData("record", """{"record":"1"}""")]
    [InlineData("record", """{"record":9223372036854775808}""")]
    [InlineData("state", "[]")]
    [InlineData("state", "null")]
    [InlineData("state", " ")]
    [InlineData("state", "{}{}")]
    [InlineData("state", """{"failures":[{"message":"\ud800"}]}""")]
    public void A_wrong_member_is_named(string name, string state)
    {
        var error = Wire.Error("""{"specversion":"1.0","id":"1","source":"/","type":"t"}""", state);

        Assert.Contains(name, error, StringComparison.Ordinal);
        Assert.Contains("state", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_ends_in_an_error()
    {
        var document = """{"specversion":"1.0","id":"1","source":"/","type":"t"}"""u8.ToArray();
        var state = Wire.Utf8(Wire.Resource("state-full.json").TrimEnd());
        Assert.True(JobMessage.TryFromBytes(document, state, out _, out _));

        // The empty state is the initial one.
        for (var length = 1; length < state.Length; length++)
        {
            Wire.Error(document, state[..length]);
        }
    }

    [Fact]
    public void Depth_and_number_are_no_danger()
    {
        var document = """{"specversion":"1.0","id":"1","source":"/","type":"t"}""";

        Assert.Contains("state", Wire.Error(document, $$"""{"a":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}"""), StringComparison.Ordinal);

        var many = Wire.ReadState($$"""{"failures":[{{string.Join(',', Enumerable.Repeat("{}", 200_000))}}]}""");
        var next = many.AfterRetry(Failure(1, "m"), null, 1);
        Assert.Equal(16, next.Failures.Count);
        Assert.Equal(200_001 - 16, next.OmittedFailures);
    }

    private static JobFailure Failure(int attempt, string message, string? stack = null) =>
        new() { Attempt = attempt, At = Wire.Noon, Type = "T", Message = message, Stack = stack };
}
