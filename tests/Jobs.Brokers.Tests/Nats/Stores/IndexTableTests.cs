using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Stores;
using Jobs.Brokers.Nats;

namespace Jobs.Brokers.Tests.Nats.Stores;

/// <summary>What a table of indexes tells, and keeps in memory.</summary>
public sealed class IndexTableTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly IndexTable _table = new();
    private ulong _written;

    [Fact]
    public void An_entry_stands_where_it_was_written_last()
    {
        Write("a", "red");
        Write("b", "red");
        Write("c", "red");
        Write("a", "blue");
        Write("b", index: null);
        Write("c", "red");

        Trim(Start);
        Assert.Equal((1, 1), (_table.CountOf("red").Count, _table.CountOf("blue").Count));
        Assert.Equal([6UL], Page("red"));
        Assert.Equal([4UL], Page("blue"));
        Assert.Empty(Page("none"));
    }

    [Fact]
    public void A_deleted_entry_is_taken_out()
    {
        Write("a", "red");
        Write("a", "red", isDeleted: true);

        Trim(Start);
        Assert.Empty(Page("red"));
    }

    [Fact]
    public void What_has_expired_is_taken_out_and_not_told()
    {
        Write("a", "red", ttl: 1_000, capacity: 5);
        Write("b", "red", ttl: 2_000, capacity: 5);

        Assert.Empty(Trim(Start.AddMilliseconds(999)));
        Assert.Equal([2UL, 1UL], Page("red"));
        Assert.Empty(Trim(Start.AddSeconds(1)));
        Assert.Equal([2UL], Page("red"));
    }

    [Fact]
    public void The_oldest_go_where_there_is_no_room_and_are_told_of_small_indexes()
    {
        for (var i = 0; i < 5; i++)
        {
            Write($"small{i}", "small", capacity: 2);
            Write($"large{i}", "large", capacity: 3);
        }

        Assert.Equal([5UL, 3UL, 1UL], Trim(Start, exact: 2));
        Assert.Equal([9UL, 7UL], Page("small"));
        Assert.Equal([10UL, 8UL, 6UL], Page("large"));
        Assert.Empty(Trim(Start, exact: 2));
    }

    [Fact]
    public void A_page_begins_where_it_is_told()
    {
        for (var i = 0; i < 10; i++)
        {
            Write($"k{i}", "red");
        }

        Trim(Start);
        var places = new List<ulong>();
        Assert.Equal(4, _table.Page("red", before: 7, take: 3, places));
        Assert.Equal([6UL, 5UL, 4UL], places);
    }

    [Fact]
    public void It_keeps_what_indexes_hold_however_much_is_written()
    {
        const int Rounds = 100;
        const int Writes = 1_000;
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < Writes; i++)
            {
                Write($"{round}-{i}", "red", capacity: 500);
                Write($"{i}", "blue");
            }

            Trim(Start);
        }

        Assert.Equal((500, Writes), (_table.CountOf("red").Count, _table.CountOf("blue").Count));
        Assert.Equal(Enumerable.Range(0, 500).Select(static i => (ulong)((2 * Rounds * Writes) - 1 - (2 * i))), Page("red"));

        // Half of the rows, and those of a round.
        Assert.InRange(_table.Rows, 0, (2 * 1_500) + (2 * Writes) + 1_024);
    }

    private List<ulong> Page(string index)
    {
        var places = new List<ulong>();
        _table.Page(index, ulong.MaxValue, int.MaxValue, places);
        return places;
    }

    private IReadOnlyList<ulong> Trim(DateTimeOffset now, int exact = 0) => _table.Trim(now, exact);

    private void Write(string key, string? index, int? capacity = null, long? ttl = null, bool isDeleted = false)
    {
        var headers = new NatsHeaderBlock().Add(StoreHeaders.Write, "w");
        if (index is not null)
        {
            headers.Add(StoreHeaders.Index, index);
        }

        if (capacity is { } most)
        {
            headers.Add(StoreHeaders.Capacity, most);
        }

        if (ttl is { } life)
        {
            headers.Add(StoreHeaders.Ttl, life);
        }

        if (isDeleted)
        {
            headers.Add(StoreHeaders.Operation, "DEL"u8);
        }

        _table.Add(new StoredMessage { Subject = $"$KV.b.e.{key}", Sequence = ++_written, Time = Start, HeaderBlock = headers.Bytes.ToArray() });
    }
}
