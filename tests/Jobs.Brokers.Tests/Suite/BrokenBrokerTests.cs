using Jobs.Brokers.Conformance;
using Xunit.Sdk;

namespace Jobs.Brokers.Tests.Suite;

/// <summary>A suite that passes whatever it is shown proves nothing: each rule broken must fail the check that names it.</summary>
public class BrokenBrokerTests
{
    [Fact]
    public Task A_release_that_loses_the_job() => FailsAsync(
        static inner => new BrokenBroker(inner)
        {
            Receiving = static receiver => new BrokenReceiver(receiver)
            {
                Settling = static settlement => settlement.Kind == SettleKind.Release ? settlement with { Kind = SettleKind.Complete } : settlement,
            },
        },
        static fixture => new Settling(fixture).Release_Makes_Available_Immediately());

    [Fact]
    public Task A_retry_that_forgets_its_delay() => FailsAsync(
        static inner => new BrokenBroker(inner)
        {
            Receiving = static receiver => new BrokenReceiver(receiver) { Settling = static settlement => settlement with { Due = null } },
        },
        static fixture => new Settling(fixture).Retry_With_Delay_Not_Before_Due());

    [Fact]
    public Task A_lease_that_ends_early() => FailsAsync(
        static inner => new BrokenBroker(inner) { Opening = static options => options with { Lease = options.Lease / 4 } },
        static fixture => new Leasing(fixture).LongJob_5x_Lease_Runs_Once());

    [Fact]
    public Task A_lease_that_ends_late() => FailsAsync(
        static inner => new BrokenBroker(inner) { Opening = static options => options with { Lease = options.Lease * 2 } },
        static fixture => new Expiring(fixture).D5_LeaseExpiry_Redelivers_With_Count2());

    [Fact]
    public Task A_stale_renewal_that_claims_to_have_worked() => FailsAsync(
        static inner => new BrokenBroker(inner) { Receiving = static receiver => new BrokenReceiver(receiver) { Telling = static _ => SettleResult.Ok } },
        static fixture => new Leasing(fixture).StaleHeartbeat_Does_Not_Steal_Back());

    [Fact]
    public Task A_delay_that_ends_early() => FailsAsync(
        static inner => new BrokenBroker(inner) { Sending = static message => message.Due = message.Due?.AddMilliseconds(-500) },
        static fixture => new Delaying(fixture).D7_Delay_1s_2s_5s_Respected());

    [Fact]
    public Task An_id_that_is_not_recognised() => FailsAsync(
        static inner => new BrokenBroker(inner) { Sending = static message => message.MayRepeat = false },
        static fixture => new Deduplicating(fixture).Dedupe_Same_Id_Within_Window());

    [Fact]
    public Task A_dead_letter_without_its_history() => FailsAsync(
        static inner => new BrokenBroker(inner) { Burying = static state => state with { Failures = [] } },
        static fixture => new DeadLettering(fixture).DeadLetter_Keeps_The_Whole_History());

    [Fact]
    public async Task A_broker_that_keeps_the_rules_passes()
    {
        await using var fixture = new BrokenFixture(static inner => new BrokenBroker(inner));
        await fixture.InitializeAsync();

        await new Settling(fixture).Release_Makes_Available_Immediately();
        await new Delaying(fixture).D7_Delay_1s_2s_5s_Respected();
        await new DeadLettering(fixture).DeadLetter_Keeps_The_Whole_History();
    }

    private static async Task FailsAsync(Func<IJobBroker, IJobBroker> breaking, Func<BrokenFixture, Task> check)
    {
        await using var fixture = new BrokenFixture(breaking);
        await fixture.InitializeAsync();

        var failure = await Record.ExceptionAsync(() => check(fixture));

        Assert.IsAssignableFrom<IAssertionException>(failure);
    }

    private sealed class Settling(BrokenFixture fixture) : SettlingConformance<BrokenFixture>(fixture);

    private sealed class Leasing(BrokenFixture fixture) : LeasingConformance<BrokenFixture>(fixture);

    private sealed class Expiring(BrokenFixture fixture) : ExpiringConformance<BrokenFixture>(fixture);

    private sealed class Delaying(BrokenFixture fixture) : DelayingConformance<BrokenFixture>(fixture);

    private sealed class Deduplicating(BrokenFixture fixture) : DeduplicatingConformance<BrokenFixture>(fixture);

    private sealed class DeadLettering(BrokenFixture fixture) : DeadLetteringConformance<BrokenFixture>(fixture);
}
