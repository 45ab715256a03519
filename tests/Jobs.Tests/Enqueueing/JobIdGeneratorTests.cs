using Jobs.Enqueueing;
using Jobs.Testing;

namespace Jobs.Tests.Enqueueing;

public sealed class JobIdGeneratorTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public void An_id_is_a_version_7_uuid_of_the_present_time()
    {
        var id = new JobIdGenerator(_time).Next();

        Assert.True(id.TryGetUuid(out var uuid));
        Assert.Equal((7, 8), (uuid.Version, uuid.Variant & 0xC));
        var bytes = uuid.ToByteArray(bigEndian: true);
        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), Convert.ToInt64(Convert.ToHexString(bytes, 0, 6), 16));
    }

    [Fact]
    public void Ids_increase_while_the_clock_stands_goes_on_or_goes_back()
    {
        var generator = new JobIdGenerator(_time);
        var now = _time.GetUtcNow();
        var ids = new List<string>();
        for (var i = 0; i < 20_000; i++)
        {
            ids.Add(generator.Next(now).ToString());
            now += i switch { 5_000 => TimeSpan.FromMilliseconds(1), 15_000 => TimeSpan.FromMinutes(-1), _ => TimeSpan.Zero };
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void Threads_make_no_id_twice()
    {
        var generator = new JobIdGenerator(_time);
        var ids = new JobId[8][];

        Parallel.For(0, ids.Length, i => ids[i] = [.. Enumerable.Range(0, 5_000).Select(_ => generator.Next())]);

        Assert.Equal(40_000, ids.SelectMany(id => id).Distinct().Count());
    }

    [Fact]
    public void Another_hosts_clock_does_not_matter()
    {
        var future = new JobIdGenerator(new FakeTimeProvider(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var present = new JobIdGenerator(_time);

        future.Next();

        Assert.StartsWith(_time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x12", null)[..8], present.Next().ToString(), StringComparison.Ordinal);
    }
}
