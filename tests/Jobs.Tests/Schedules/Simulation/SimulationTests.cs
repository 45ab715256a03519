using Jobs.Memory;
using Jobs.Schedules;
using Jobs.Telemetry;
using Jobs.Testing;

namespace Jobs.Tests.Schedules.Simulation;

/// <summary>Five nodes over one store for ten days, one of them frozen or killed at random, anywhere between two of its calls.</summary>
/// <remarks>Alone: whatever of a node goes by the pool must not be kept waiting there, for the simulation's time would run away from it.</remarks>
[Collection(nameof(Alone))]
public sealed class SimulationTests
{
    private const int Nodes = 5;
    private static readonly DateTimeOffset Start = new(2026, 10, 20, 0, 0, 30, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Start.AddDays(10);

    // Vienna's clock is set back on the 25th.
    private static readonly Dictionary<string, ScheduleTimes> Schedules = new()
    {
        ["five"] = ScheduleTimes.Every(TimeSpan.FromMinutes(5)),
        ["seven"] = ScheduleTimes.Every(TimeSpan.FromMinutes(7)),
        ["hourly"] = ScheduleTimes.Cron("15 * * * *", "Europe/Vienna"),
        ["nightly"] = ScheduleTimes.Cron("30 2 * * *", "Europe/Vienna"),
        ["workdays"] = ScheduleTimes.Cron("0 9,17 * * MON-FRI", "America/New_York"),
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [Trait("Scenario", "46")]
    public async Task S46_each_tick_takes_effect_once(int seed)
    {
        await using var run = new Simulation(seed, "Once", skew: TimeSpan.Zero);

        await Task.Run(() => run.LiveAsync(outages: []), TestContext.Current.CancellationToken);

        foreach (var (name, times) in Schedules)
        {
            Assert.Equal(TicksOf(times, Start, End), run.TicksOf(name));
        }

        Assert.All(run.Consumer.Runs.Values, static count => Assert.Equal(1, count));

        // Within what it takes to notice that a claim was left behind.
        Assert.All(run.Consumer.At, static pair => Assert.InRange(pair.Value - pair.Key.Tick, TimeSpan.Zero, TimeSpan.FromMinutes(2)));
        Assert.True(run.Kills > 50 && run.Freezes > 50, $"{run.Kills} kills, {run.Freezes} freezes");
        Assert.True(run.Consumer.Duplicates > 0, "No tick was sent twice: the simulation does not reach what it is for.");
        TestContext.Current.TestOutputHelper!.WriteLine($"{run.Consumer.Runs.Count} ticks, {run.Kills} kills, {run.Freezes} freezes, {run.Consumer.Duplicates} second copies dropped.");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [Trait("Scenario", "44")]
    public async Task S44_clocks_two_minutes_apart_change_nothing_but_how_early(int seed)
    {
        await using var run = new Simulation(seed, "Once", skew: TimeSpan.FromMinutes(2));

        await Task.Run(() => run.LiveAsync(outages: []), TestContext.Current.CancellationToken);

        foreach (var (name, times) in Schedules)
        {
            // At either end another node's clock may see one tick more.
            Assert.Equal(TicksOf(times, Start.AddMinutes(10), End.AddMinutes(-10)), run.TicksOf(name).Where(static tick => tick > Start.AddMinutes(10) && tick <= End.AddMinutes(-10)));
        }

        Assert.All(run.Consumer.Runs.Values, static count => Assert.Equal(1, count));
        Assert.All(run.Consumer.At, static pair => Assert.InRange(pair.Value - pair.Key.Tick, -TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4)));
    }

    [Theory]
    [InlineData("All", 7)]
    [InlineData("Once", 8)]
    [InlineData("Skip", 9)]
    [Trait("Scenario", "47")]
    public async Task S47_ticks_missed_while_no_node_ran_follow_the_policy(string policy, int seed)
    {
        (DateTimeOffset From, DateTimeOffset To)[] outages =
        [
            (Start.AddHours(5), Start.AddHours(11).AddMinutes(3)),
            (Start.AddDays(3), Start.AddDays(5).AddMinutes(2.5)),
            (Start.AddDays(7).AddMinutes(2), Start.AddDays(7).AddMinutes(9)),
        ];
        await using var run = new Simulation(seed, policy, skew: TimeSpan.Zero);

        await Task.Run(() => run.LiveAsync(outages), TestContext.Current.CancellationToken);

        foreach (var (name, times) in Schedules)
        {
            var expected = TicksOf(times, Start, End).ToList();
            foreach (var (from, to) in outages)
            {
                var missed = expected.Where(tick => tick > from && to - tick > MissedTicks.Threshold && tick <= to).ToList();
                var isFresh = expected.Any(tick => tick <= to && to - tick <= MissedTicks.Threshold);
                var kept = policy == "All" ? missed : policy == "Once" && !isFresh ? missed.TakeLast(1) : [];
                expected.RemoveAll(missed.Except(kept).ToHashSet().Contains);
            }

            Assert.Equal(expected, run.TicksOf(name));
        }

        Assert.All(run.Consumer.Runs.Values, static count => Assert.Equal(1, count));
    }

    private static IEnumerable<DateTimeOffset> TicksOf(ScheduleTimes times, DateTimeOffset after, DateTimeOffset until)
    {
        Assert.True(ScheduleTiming.TryCreate(times, out var timing, out var problem), problem);
        for (var tick = timing.Next(after); tick <= until; tick = timing.Next(tick))
        {
            yield return tick;
        }
    }

    private sealed class Simulation : IAsyncDisposable
    {
        private readonly Random _random;
        private readonly FakeTimeProvider _time = new(Start);
        private readonly MemoryStore _store;
        private readonly MemoryBroker _broker;
        private readonly JobsTelemetry _telemetry = new();
        private readonly Node[] _nodes;
        private readonly TimeSpan _skew;
        private readonly Dictionary<string, string?> _configuration = [];
        private readonly List<Node> _dead = [];

        public Simulation(int seed, string misfire, TimeSpan skew)
        {
            _random = new Random(seed);
            _skew = skew;
            _store = new MemoryStore(_time);

            // No help from the broker: every second copy arrives.
            _broker = new MemoryBroker(_time, new MemoryBrokerOptions { DedupeWindow = TimeSpan.FromTicks(1) });
            Consumer = new Consumer(_broker, _store, _telemetry, _time);
            foreach (var (name, times) in Schedules)
            {
                _configuration[$"Jobs:Schedules:{name}:Job"] = "reports.build";
                _configuration[$"Jobs:Schedules:{name}:Misfire"] = misfire;
                _configuration[$"Jobs:Schedules:{name}:MaxMisfires"] = "10000";
                _configuration[$"Jobs:Schedules:{name}:{(times.Interval is null ? "Cron" : "Every")}"] = times.Expression ?? $"{times.Interval}";
                _configuration[$"Jobs:Schedules:{name}:TimeZone"] = times.TimeZone;
            }

            _nodes = [.. Enumerable.Range(0, Nodes).Select(Create)];
        }

        public Consumer Consumer { get; }

        public int Kills { get; private set; }

        public int Freezes { get; private set; }

        public IEnumerable<DateTimeOffset> TicksOf(string schedule) =>
            Consumer.Runs.Keys.Where(run => run.Schedule == schedule).Select(run => run.Tick).Order();

        // On a thread without a synchronization context: what thaws goes on at once, before the clock moves.
        public async Task LiveAsync((DateTimeOffset From, DateTimeOffset To)[] outages)
        {
            var next = 0;
            while (_time.GetUtcNow() < End)
            {
                if (next < outages.Length && _time.GetUtcNow() == outages[next].From)
                {
                    Array.ForEach(_nodes, node => node.Kill());
                    await AdvanceToAsync(outages[next].To);
                    for (var i = 0; i < Nodes; i++)
                    {
                        Replace(i);
                    }

                    next++;
                    await AdvanceToAsync(_time.GetUtcNow() + TimeSpan.FromMinutes(5));
                    continue;
                }

                // One in trouble at a time, so that four are there.
                var trouble = _random.Next(Nodes);
                var calls = _random.Next(12);
                var until = _time.GetUtcNow() + TimeSpan.FromSeconds(_random.Next(30, 1800));
                var limit = next < outages.Length ? outages[next].From : End;
                _nodes[trouble].FreezeAfter(calls);
                await AdvanceToAsync(until < limit ? until : limit);
                if (_random.Next(2) == 0)
                {
                    Freezes += _nodes[trouble].IsFrozen ? 1 : 0;
                    _nodes[trouble].Thaw();
                }
                else
                {
                    _nodes[trouble].Kill();
                    Kills++;
                    Replace(trouble);
                }
            }

            Array.ForEach(_nodes, node => node.Thaw());
            await Consumer.DrainAsync();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var node in _nodes.Concat(_dead))
            {
                await node.DisposeAsync();
            }

            _telemetry.Dispose();
        }

        private async Task AdvanceToAsync(DateTimeOffset end)
        {
            while (_time.GetUtcNow() < end)
            {
                var step = TimeSpan.FromSeconds(30);
                var left = end - _time.GetUtcNow();
                _time.Advance(left < step ? left : step);
                await Consumer.DrainAsync();
            }
        }

        private void Replace(int index)
        {
            _dead.Add(_nodes[index]);
            _nodes[index] = Create(index);
        }

        private Node Create(int index) => new(_time, _skew * (index - (Nodes / 2)) / (Nodes / 2), _store, _broker, _configuration);
    }
}
