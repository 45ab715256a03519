using Jobs.Keys;
using Jobs.Memory;
using Jobs.Testing;

namespace Jobs.Tests.Keys;

/// <summary>The protocol of a key's record, step by step.</summary>
public sealed class JobKeysTests : IAsyncDisposable
{
    private const string Key = "key:mail:42";

    private static readonly TimeSpan Reservation = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Retention = TimeSpan.FromHours(1);
    private static readonly JobId A = JobId.Parse("a");
    private static readonly JobId B = JobId.Parse("b");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryStore _store;
    private readonly JobKeys _keys;

    public JobKeysTests()
    {
        _store = new MemoryStore(_time);
        _keys = new JobKeys(_store, Retention, _time);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_key_that_was_confirmed_is_held_past_the_time_that_the_job_is_due()
    {
        var due = _time.GetUtcNow().AddDays(30);
        var claim = await _keys.ReserveAsync(Key, A, due, Reservation, None);
        await _keys.ConfirmAsync(claim, None);

        _time.Advance(TimeSpan.FromDays(30) + Retention - TimeSpan.FromSeconds(1));
        Assert.False((await ReserveAsync(B)).IsMine);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await ReserveAsync(B)).IsMine);
    }

    [Fact]
    public async Task A_key_that_was_only_reserved_is_soon_free()
    {
        await ReserveAsync(A);
        var other = await ReserveAsync(B);
        Assert.True(other.IsUndecided);

        _time.Advance(Reservation);
        Assert.True((await ReserveAsync(B)).IsMine);
    }

    [Fact]
    public async Task A_late_confirmation_does_not_bring_back_a_key_that_was_freed()
    {
        var claim = await ReserveAsync(A);
        var held = await _keys.HoldAsync(Key, A, run: 4, None);
        await _keys.FreeAsync(Key, A, run: 4, held.Version, None);

        await _keys.ConfirmAsync(claim, None);

        Assert.Null(await _keys.GetAsync(Key, None));
    }

    [Fact]
    public async Task A_late_confirmation_does_not_make_a_running_job_wait()
    {
        var claim = await ReserveAsync(A);
        await _keys.HoldAsync(Key, A, run: 4, None);

        await _keys.ConfirmAsync(claim, None);

        Assert.Equal(KeyPhase.Running, (await _keys.GetAsync(Key, None))?.Phase);
    }

    [Fact]
    public async Task The_same_job_sent_again_has_its_key_and_changes_nothing_once_it_exists()
    {
        await _keys.ConfirmAsync(await ReserveAsync(A), None);
        await _keys.HoldAsync(Key, A, run: 4, None);

        var again = await ReserveAsync(A);
        Assert.True(again.IsMine);
        await _keys.ConfirmAsync(again, None);
        await _keys.GiveUpAsync(new KeyTake(again), None);

        Assert.Equal(KeyPhase.Running, (await _keys.GetAsync(Key, None))?.Phase);
    }

    [Fact]
    public async Task A_worker_whose_job_a_later_delivery_runs_neither_holds_nor_frees()
    {
        var held = await _keys.HoldAsync(Key, A, run: 4, None);
        await _keys.HoldAsync(Key, A, run: 8, None);

        Assert.False((await _keys.HoldAsync(Key, A, run: 4, None)).IsMine);
        await _keys.FreeAsync(Key, A, run: 4, held.Version, None);
        await _keys.FreeAsync(Key, A, run: 4, version: 0, None);

        Assert.Equal(8, (await _keys.GetAsync(Key, None))?.Run);
    }

    [Fact]
    public async Task A_worker_does_not_run_a_job_whose_key_another_has()
    {
        await _keys.ConfirmAsync(await ReserveAsync(B), None);

        var claim = await _keys.HoldAsync(Key, A, run: 4, None);

        Assert.False(claim.IsMine);
        Assert.False(claim.IsUndecided);
        Assert.Equal(B, claim.Record.Id);
    }

    [Fact]
    public async Task A_replaced_job_that_waits_has_its_key_again_when_the_new_one_is_refused()
    {
        await _keys.ConfirmAsync(await ReserveAsync(A), None);
        var other = await ReserveAsync(B);
        var claim = await _keys.ReplaceAsync(other, B, due: null, Reservation, None);

        await _keys.GiveUpAsync(new KeyTake(claim!, other.Record), None);

        Assert.True((await _keys.HoldAsync(Key, A, run: 4, None)).IsMine);
    }

    [Fact]
    public async Task A_replaced_job_that_ran_and_has_ended_does_not_get_its_key_back()
    {
        var held = await _keys.HoldAsync(Key, A, run: 4, None);
        var other = await ReserveAsync(B);
        var claim = await _keys.ReplaceAsync(other, B, due: null, Reservation, None);
        await _keys.FreeAsync(Key, A, run: 4, held.Version, None);

        await _keys.GiveUpAsync(new KeyTake(claim!, other.Record), None);

        Assert.Null(await _keys.GetAsync(Key, None));
    }

    [Fact]
    public async Task Two_that_replace_the_same_job_do_not_both_succeed()
    {
        await _keys.ConfirmAsync(await ReserveAsync(A), None);
        var other = await ReserveAsync(B);

        Assert.NotNull(await _keys.ReplaceAsync(other, B, due: null, Reservation, None));
        Assert.Null(await _keys.ReplaceAsync(other, JobId.Parse("c"), due: null, Reservation, None));
    }

    [Fact]
    public async Task Who_cancels_frees_a_job_that_waits_and_not_one_that_runs()
    {
        await _keys.ConfirmAsync(await ReserveAsync(A), None);
        await _keys.FreeWaitingAsync(Key, B, None);
        Assert.NotNull(await _keys.GetAsync(Key, None));
        await _keys.FreeWaitingAsync(Key, A, None);
        Assert.Null(await _keys.GetAsync(Key, None));

        await _keys.HoldAsync(Key, A, run: 4, None);
        await _keys.FreeWaitingAsync(Key, A, None);
        Assert.NotNull(await _keys.GetAsync(Key, None));
    }

    [Fact]
    public async Task A_job_that_is_handed_back_keeps_its_key_until_it_is_due_again()
    {
        await _keys.HoldAsync(Key, A, run: 4, None);
        Assert.True((await _keys.WaitAsync(Key, A, run: 4, _time.GetUtcNow().AddDays(2), None)).IsMine);

        _time.Advance(TimeSpan.FromDays(2));

        Assert.False((await ReserveAsync(B)).IsMine);
    }

    private ValueTask<KeyClaim> ReserveAsync(JobId id) => _keys.ReserveAsync(Key, id, due: null, Reservation, None);
}
