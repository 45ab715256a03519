using System.Net;
using System.Net.Http.Headers;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Messages;
using Jobs.Retrying;
using Jobs.Testing;
using Jobs.Tests.Running;

namespace Jobs.Tests.Retrying;

public class FailurePolicyTests
{
    private static readonly FakeTimeProvider Clock = new();
    private static readonly DateTimeOffset Now = Clock.GetUtcNow();
    private static readonly JobSettings Settings = TestJobs.Settings;

    [Fact]
    public void A_failure_is_retried_with_backoff_and_recorded()
    {
        var decision = Decide(new InvalidOperationException("no"), attempt: 3);

        Assert.Equal(FailureVerdict.Retried, decision.Verdict);
        Assert.Equal(SettleKind.Retry, decision.Settlement.Kind);
        Assert.Equal(Now.AddSeconds(4), decision.Settlement.Due);
        var failure = decision.Settlement.Failure!;
        Assert.Equal((3, Now, "System.InvalidOperationException", "no", "worker"), (failure.Attempt, failure.At, failure.Type, failure.Message, failure.Worker));
    }

    [Fact]
    public void The_last_attempt_ends_in_the_dead_letters() => AssertDead(Decide(new InvalidOperationException("no"), attempt: 5), DeadLetterReason.AttemptsExhausted);

    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(2, 1, false)]
    [InlineData(9, 8, false)]
    public void The_call_decides_how_often(int maxAttempts, int attempt, bool dies) =>
        Assert.Equal(
            dies ? FailureVerdict.DeadLettered : FailureVerdict.Retried,
            Decide(new InvalidOperationException(), attempt, attributes: new() { MaxAttempts = maxAttempts }).Verdict);

    [Fact]
    public void The_call_decides_the_first_delay() =>
        Assert.Equal(Now.AddMinutes(2), Decide(new InvalidOperationException(), attempt: 2, attributes: new() { Backoff = TimeSpan.FromMinutes(1) }).Settlement.Due);

    [Theory]
    [InlineData(typeof(ArgumentException), true)]
    [InlineData(typeof(ArgumentNullException), true)]
    [InlineData(typeof(InvalidOperationException), false)]
    public void A_type_that_is_not_retried_dies_with_those_derived_from_it(Type type, bool dies) =>
        AssertVerdict(dies, Decide(Make(type), settings: Settings with { NoRetryOn = [typeof(ArgumentException)] }));

    [Theory]
    [InlineData(typeof(IOException), false)]
    [InlineData(typeof(FileNotFoundException), false)]
    [InlineData(typeof(InvalidOperationException), true)]
    public void With_a_list_of_retried_types_all_others_die(Type type, bool dies) =>
        AssertVerdict(dies, Decide(Make(type), settings: Settings with { RetryOn = [typeof(IOException)] }));

    [Fact]
    public void A_type_in_both_lists_dies() =>
        AssertVerdict(true, Decide(new FileNotFoundException(), settings: Settings with { RetryOn = [typeof(IOException)], NoRetryOn = [typeof(FileNotFoundException)] }));

    [Fact]
    public void A_handler_may_reject_its_job()
    {
        var decision = Decide(new DeadLetterJobException("never"));

        AssertDead(decision, DeadLetterReason.Rejected);
        Assert.Equal("never", decision.Settlement.Error);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("test.number")]
    public void A_payload_that_cannot_be_read_dies_at_once(string? job) =>
        AssertDead(Decide(new JobPayloadException("bad", job)), DeadLetterReason.Undecodable);

    [Fact]
    public void The_payload_of_another_job_is_a_failure_like_others() =>
        Assert.Equal(FailureVerdict.Retried, Decide(new JobPayloadException("bad", "other.job")).Verdict);

    [Theory]
    [InlineData(0)]
    [InlineData(FixedRandom.Highest)]
    public void A_handler_says_when_it_is_retried_and_it_is_never_earlier(double random)
    {
        var decision = Decide(new RetryJobException(TimeSpan.FromSeconds(100)), random: random);

        Assert.Equal(FailureVerdict.Retried, decision.Verdict);
        Assert.InRange(decision.Settlement.Due!.Value, Now.AddSeconds(100), Now.AddSeconds(125));
    }

    [Fact]
    public void A_retry_on_demand_is_an_attempt_too() =>
        AssertDead(Decide(new RetryJobException(TimeSpan.FromSeconds(100)), attempt: 5), DeadLetterReason.AttemptsExhausted);

    [Fact]
    public void S51_retry_after_is_never_undercut()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter = new RetryConditionHeaderValue(Now.AddSeconds(77));

        for (var seed = 0; seed < 1_000; seed++)
        {
            var decision = Decide(RetryJobException.From(response, Clock), random: new Random(seed).NextDouble());
            Assert.True(decision.Settlement.Due >= Now.AddSeconds(77));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public void A_deferral_records_nothing_and_is_no_attempt(int attempt)
    {
        var decision = Decide(new DeferJobException(TimeSpan.FromSeconds(60)), attempt);

        Assert.Equal((FailureVerdict.Deferred, SettleKind.Defer), (decision.Verdict, decision.Settlement.Kind));
        Assert.Null(decision.Settlement.Failure);
        Assert.InRange(decision.Settlement.Due!.Value, Now.AddSeconds(60), Now.AddSeconds(75));
    }

    [Fact]
    public void To_wait_for_ever_is_not_to_fail()
    {
        Assert.Equal(DateTimeOffset.MaxValue, Decide(new RetryJobException(TimeSpan.MaxValue)).Settlement.Due);
        Assert.Equal(DateTimeOffset.MaxValue, Decide(new DeferJobException(TimeSpan.MaxValue)).Settlement.Due);
    }

    [Fact]
    public void An_exception_that_cannot_be_described_is_a_failure_like_others()
    {
        var decision = Decide(new UnspeakableException());

        Assert.Equal(FailureVerdict.Retried, decision.Verdict);
        Assert.Contains(nameof(UnspeakableException), decision.Settlement.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_is_none_of_ours_is_a_failure() => Assert.Equal(FailureVerdict.Retried, Decide(new OperationCanceledException()).Verdict);

    [Fact]
    public void A_transient_failure_backs_off() => Assert.Equal(Now.AddSeconds(2), Decide(new IOException(), 2, Rule(FailureStrategy.Transient)).Settlement.Due);

    [Fact]
    public void A_rule_wins_over_the_lists() =>
        Assert.Equal(FailureVerdict.Retried, Decide(new IOException(), 2, Rule(FailureStrategy.Transient) with { NoRetryOn = [typeof(IOException)] }).Verdict);

    [Fact]
    public void A_rate_limited_failure_waits_long_and_spreads()
    {
        var dues = new[] { 0, 0.5, FixedRandom.Highest }.Select(random => Decide(new IOException(), 1, Rule(FailureStrategy.RateLimited), random: random).Settlement.Due!.Value).ToArray();

        Assert.All(dues, due => Assert.InRange(due, Now.AddSeconds(30), Now.AddSeconds(37.5)));
        Assert.Equal(3, dues.Distinct().Count());
    }

    [Fact]
    public void An_exhausted_pool_is_asked_again_soon_but_not_often()
    {
        Assert.InRange(Decide(new IOException(), 2, Rule(FailureStrategy.PoolExhausted)).Settlement.Due!.Value, Now.AddSeconds(5), Now.AddSeconds(6.25));
        AssertDead(Decide(new IOException(), 3, Rule(FailureStrategy.PoolExhausted)), DeadLetterReason.AttemptsExhausted);
    }

    [Fact]
    public void What_is_not_found_completes()
    {
        var decision = Decide(new FileNotFoundException(), 1, Rule(FailureStrategy.NotFound));

        Assert.Equal((FailureVerdict.CompletedNotFound, SettleKind.Complete), (decision.Verdict, decision.Settlement.Kind));
    }

    [Fact]
    public void A_run_that_was_given_up_on_is_never_completed()
    {
        var settings = Settings with { FailureRules = new FailureRuleSet([new FailureRule(typeof(JobTimeoutException), FailureStrategy.NotFound)], new Dictionary<string, FailureStrategy>()) };
        Assert.Equal(FailureVerdict.CompletedNotFound, Decide(new JobTimeoutException("slow"), settings: settings).Verdict);

        Assert.Equal(FailureVerdict.Retried, GiveUp(attempt: 4).Verdict);
        AssertDead(GiveUp(attempt: 5), DeadLetterReason.AttemptsExhausted);

        FailureDecision GiveUp(int attempt) => new FailurePolicy(Clock, "worker", new FixedRandom(0)).DecideAbandoned(
            new TestDelivery(TestJobs.Message(state: new MessageState { Attempt = attempt })), settings, new JobTimeoutException("deaf"));
    }

    [Fact]
    public void What_is_invalid_dies_at_once() => AssertDead(Decide(new IOException(), 1, Rule(FailureStrategy.Invalid)), DeadLetterReason.NotRetryable);

    [Fact]
    public void S55_an_unknown_job_is_deferred_until_the_grace_has_passed_and_then_dies()
    {
        var grace = TimeSpan.FromMinutes(10);
        var clock = new FakeTimeProvider();
        var policy = new FailurePolicy(clock, "worker", new FixedRandom(0));
        var state = MessageState.Initial;
        Settlement settlement;
        var delays = new List<TimeSpan>();
        while (true)
        {
            settlement = policy.Unknown(new TestDelivery(TestJobs.Message(state: state)), grace);
            if (settlement.Kind != SettleKind.Defer)
            {
                break;
            }

            Assert.Equal(new FakeTimeProvider().GetUtcNow(), settlement.UnknownSince);
            Assert.Null(settlement.Failure);
            delays.Add(settlement.Due!.Value - clock.GetUtcNow());
            state = settlement.NextState();
            clock.SetUtcNow(settlement.Due.Value);
        }

        Assert.Equal(1, state.Attempt);
        Assert.Equal(TimeSpan.FromSeconds(5), delays[0]);
        Assert.Equal(delays.Order(), delays);
        Assert.True(clock.GetUtcNow() - new FakeTimeProvider().GetUtcNow() >= grace);
        Assert.Equal((SettleKind.DeadLetter, DeadLetterReason.UnknownJob), (settlement.Kind, settlement.Reason));
        Assert.Contains("test.number", settlement.Error, StringComparison.Ordinal);
        Assert.Contains("version 1", settlement.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_grace_an_unknown_job_dies_at_once() =>
        Assert.Equal(SettleKind.DeadLetter, new FailurePolicy(Clock, "worker", Random.Shared).Unknown(new TestDelivery(TestJobs.Message()), TimeSpan.Zero).Kind);

    private sealed class UnspeakableException : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private static JobSettings Rule(FailureStrategy strategy) =>
        Settings with { FailureRules = new FailureRuleSet([new FailureRule(typeof(IOException), strategy)], new Dictionary<string, FailureStrategy>()) };

    private static Exception Make(Type type) => (Exception)Activator.CreateInstance(type)!;

    private static FailureDecision Decide(Exception exception, int attempt = 1, JobSettings? settings = null, MessageAttributes? attributes = null, double random = 0) =>
        new FailurePolicy(Clock, "worker", new FixedRandom(random)).Decide(
            new TestDelivery(TestJobs.Message(state: new MessageState { Attempt = attempt }, attributes: attributes)), settings ?? Settings, exception);

    private static void AssertVerdict(bool dies, FailureDecision decision)
    {
        if (dies)
        {
            AssertDead(decision, DeadLetterReason.NotRetryable);
        }
        else
        {
            Assert.Equal(FailureVerdict.Retried, decision.Verdict);
        }
    }

    private static void AssertDead(FailureDecision decision, string reason)
    {
        Assert.Equal(FailureVerdict.DeadLettered, decision.Verdict);
        Assert.Equal((SettleKind.DeadLetter, reason), (decision.Settlement.Kind, decision.Settlement.Reason));
        Assert.NotNull(decision.Settlement.Failure);
    }
}
