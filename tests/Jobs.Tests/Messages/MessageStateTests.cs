using Jobs.Messages;

namespace Jobs.Tests.Messages;

public sealed class MessageStateTests
{
    private static readonly MessageState State = new()
    {
        Copy = 4,
        Attempt = 3,
        Crashes = 1,
        Due = Wire.Noon,
        UnknownSince = Wire.Noon.AddHours(-1),
        Failures = [Failure(1), Failure(2)],
        OmittedFailures = 0,
    };

    [Fact]
    public void Retry_records_the_failure_in_a_new_copy()
    {
        var next = State.AfterRetry(Failure(3), Wire.Noon.AddSeconds(8), deliveries: 3);

        Assert.Equal(5, next.Copy);
        Assert.Equal(4, next.Attempt);
        Assert.Equal(3, next.Crashes);
        Assert.Equal(Wire.Noon.AddSeconds(8), next.Due);
        Assert.Null(next.UnknownSince);
        Assert.Equal([1, 2, 3], next.Failures.Select(failure => failure.Attempt));
        Assert.Equal([null, null, "stack 3"], next.Failures.Select(failure => failure.Stack));
        Assert.Equal(2, State.Failures.Count);
    }

    [Fact]
    public void What_happens_to_a_job_makes_the_version_of_its_record_unknown()
    {
        var known = MessageState.Initial with { RecordVersion = 4711 };

        Assert.True(known.IsNew);
        MessageState[] states =
        [
            known.AfterRetry(Failure(1), Wire.Noon, 1), known.AfterDefer(Wire.Noon, 1), known.AfterRelease(1), known.AfterDeath(Failure(1), 1), known.AfterDeath(null, 1), known.AfterReplay(),
        ];
        Assert.All(states, static state => Assert.Equal(0, state.RecordVersion));
    }

    [Fact]
    public void Defer_records_nothing()
    {
        var next = State.AfterDefer(Wire.Noon.AddMinutes(1), deliveries: 2);

        Assert.Equal(State with { Copy = 5, Crashes = 2, Due = Wire.Noon.AddMinutes(1) }, next);
    }

    [Fact]
    public void Release_is_due_at_once()
    {
        var next = State.AfterRelease(deliveries: 1);

        Assert.Equal(State with { Copy = 5, Due = null }, next);
    }

    [Fact]
    public void Death_keeps_the_copy_and_the_attempt()
    {
        var died = State.AfterDeath(Failure(3), deliveries: 2);

        Assert.Equal(4, died.Copy);
        Assert.Equal(3, died.Attempt);
        Assert.Equal(2, died.Crashes);
        Assert.Null(died.Due);
        Assert.Equal([1, 2, 3], died.Failures.Select(failure => failure.Attempt));
        Assert.Same(State.Failures, State.AfterDeath(null, deliveries: 1).Failures);
    }

    [Fact]
    public void Replay_starts_anew_but_remembers()
    {
        var replayed = State.AfterDeath(Failure(3), deliveries: 9).AfterReplay();

        Assert.Equal(5, replayed.Copy);
        Assert.Equal(1, replayed.Attempt);
        Assert.Equal(0, replayed.Crashes);
        Assert.Null(replayed.Due);
        Assert.Null(replayed.UnknownSince);
        Assert.Equal(3, replayed.Failures.Count);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 5)]
    public void Deliveries_beyond_the_first_are_crashes(int deliveries, int crashes) => Assert.Equal(crashes, State.CrashesAfter(deliveries));

    [Fact]
    public void The_middle_of_the_history_is_left_out()
    {
        var state = MessageState.Initial;
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            state = state.AfterRetry(Failure(attempt), null, deliveries: 1);
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 16, 17, 18, 19, 20], state.Failures.Select(failure => failure.Attempt));
        Assert.Equal(4, state.OmittedFailures);
    }

    [Fact]
    public void A_failure_describes_its_exception()
    {
        Exception caught;
        try
        {
            throw new InvalidOperationException("outer", new TimeoutException("inner"));
        }
        catch (InvalidOperationException exception)
        {
            caught = exception;
        }

        var failure = JobFailure.From(caught, 2, Wire.Noon, "web-1");

        Assert.Equal(2, failure.Attempt);
        Assert.Equal(Wire.Noon, failure.At);
        Assert.Equal("System.InvalidOperationException", failure.Type);
        Assert.Equal("outer ---> System.TimeoutException: inner", failure.Message);
        Assert.Contains(nameof(A_failure_describes_its_exception), failure.Stack, StringComparison.Ordinal);
        Assert.Equal("web-1", failure.Worker);
    }

    [Fact]
    public void A_failure_keeps_no_more_than_the_wire_does()
    {
        var failure = JobFailure.From(new InvalidOperationException(new string('x', 1_000_000)), 1, Wire.Noon, new string('w', 1_000));

        Assert.Equal(JobFailure.MaxMessageBytes, failure.Message.Length);
        Assert.Equal(JobFailure.MaxWorkerBytes, failure.Worker!.Length);
        Assert.EndsWith("...", failure.Message, StringComparison.Ordinal);
        Assert.Null(failure.Stack);
    }

    [Fact]
    public void The_dedupe_id_and_the_due_time_follow_the_copy()
    {
        var message = Wire.Read("""{"specversion":"1.0","id":"a","source":"/","type":"t","jobdue":"2026-11-22T12:00:00Z"}""");
        Assert.Equal("a", message.DedupeId);
        Assert.Equal(Wire.Noon, message.EffectiveDue);

        var second = message.WithState(message.State.AfterRelease(deliveries: 1));
        Assert.Equal("a:1", second.DedupeId);
        Assert.Null(second.EffectiveDue);

        var third = second.WithState(second.State.AfterDefer(Wire.Noon.AddHours(1), deliveries: 1));
        Assert.Equal("a:2", third.DedupeId);
        Assert.Equal(Wire.Noon.AddHours(1), third.EffectiveDue);
        Assert.Equal(Wire.Noon, third.Due);
    }

    private static JobFailure Failure(int attempt) =>
        new() { Attempt = attempt, At = Wire.Noon, Type = "T", Message = $"message {attempt}", Stack = $"stack {attempt}" };
}
