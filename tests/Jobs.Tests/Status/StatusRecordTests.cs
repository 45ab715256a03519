using Jobs.Hosting;
using Jobs.Monitoring;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Tests.Definitions;
using Jobs.Tests.Messages;

namespace Jobs.Tests.Status;

public sealed class StatusRecordTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 10, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void A_record_keeps_everything()
    {
        var status = new JobStatus
        {
            Id = JobId.Parse("a/1 ü"),
            State = JobState.DeadLettered,
            Name = "test.job",
            Queue = "critical",
            Attempt = 3,
            MaxAttempts = 5,
            Crashes = 2,
            EnqueuedAt = Time,
            Due = Time.AddHours(1),
            StartedAt = Time.AddHours(2),
            EndedAt = Time.AddHours(3),
            Worker = "worker-1",
            Reason = "rejected",
            Error = "line\n\"quoted\" ü",
            Progress = new JobProgress(1, 2, "half"),
            ParentId = JobId.Parse("a"),
            CorrelationId = "order-7",
        };

        Assert.True(StatusRecord.TryDecode(Entry(StatusRecord.KeyOf(status.Id), StatusRecord.Encode(status)), out var read, out var held));
        Assert.Equal((status, 0), (read, held));
    }

    [Fact]
    public void What_a_record_leaves_out_is_read_as_it_was()
    {
        var status = new JobStatus { Id = JobId.Parse("a"), State = JobState.Running, Name = "test.job", Queue = "default", Attempt = 1, StartedAt = Time };
        var record = StatusRecord.Encode(status);

        Assert.True(StatusRecord.TryDecode(Entry("job:a", record), out var read));
        Assert.Equal(status, read);
        Assert.Equal($$"""{"s":1,"n":"test.job","b":{{Time.ToUnixTimeMilliseconds()}}}""", System.Text.Encoding.UTF8.GetString(record));
    }

    [Fact]
    public void Of_any_number_of_names_those_that_came_first_are_kept_and_all_have_their_index()
    {
        var recorder = new StatusRecorder(new StatusOptions(), TimeProvider.System, "worker-1");
        for (var i = 0; i < 10_000; i++)
        {
            IndexOf($"name-{i}");
        }

        Assert.Same(IndexOf("name-0"), IndexOf("name-0"));
        Assert.NotSame(IndexOf("one-more"), IndexOf("one-more"));
        Assert.Equal("jobs:one-more:pending", IndexOf("one-more").Name);

        StoreIndex IndexOf(string name)
        {
            var message = Wire.Message(new NumberArgs(1));
            message.Name = name;
            return recorder.Pending(message).Index!;
        }
    }

    [Fact]
    public void A_record_says_how_many_jobs_are_held()
    {
        var facts = new StatusFacts(new JobStatus { Id = JobId.Parse("a"), State = JobState.Running, Name = "test.job", Queue = "default" });

        var record = StatusRecord.Encode(facts, new StatusDetails(JobState.Succeeded) { Held = 4 });

        Assert.True(StatusRecord.TryDecode(Entry("job:a", record), out var read, out var held));
        Assert.Equal((JobState.Succeeded, 4), (read.State, held));
    }

    [Theory]
    [InlineData("job:a", "{}")]
    [InlineData("job:a", "[]")]
    [InlineData("job:a", "no json")]
    [InlineData("job:a", """{"s":7}""")]
    [InlineData("job:a", """{"s":-1}""")]
    [InlineData("job:a", """{"s":"pending"}""")]
    [InlineData("other:a", """{"s":0}""")]
    [InlineData("job:", """{"s":0}""")]
    public void What_is_no_record_is_told(string key, string value) =>
        Assert.False(StatusRecord.TryDecode(Entry(key, System.Text.Encoding.UTF8.GetBytes(value)), out _));

    [Fact]
    public void Every_state_has_a_name() =>
        Assert.Equal(
            ["pending", "running", "retrying", "deferred", "succeeded", "dead-lettered", "cancelled"],
            Enum.GetValues<JobState>().Select(StatusRecord.NameOf));

    private static StoreEntry Entry(string key, byte[] value) => new(key, value, 1);
}
