using System.Text;
using Jobs.Keys;
using Jobs.Stores;

namespace Jobs.Tests.Keys;

public sealed class KeyRecordTests
{
    [Fact]
    public void A_record_says_the_same_after_it_was_stored()
    {
        var record = new KeyRecord { Id = JobId.Parse("order-7"), Phase = KeyPhase.Running, Run = 5L << 40, Due = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero) };

        Assert.True(KeyRecord.TryDecode(record.Encode(), out var read));
        Assert.Equal(record, read);
    }

    [Theory]
    [InlineData("""{"id":"a","phase":"reserved"}""", KeyPhase.Reserved)]
    [InlineData("""{"phase":"waiting","later":{"a":[1]},"id":"a"}""", KeyPhase.Waiting)]
    [InlineData("""{"id":"a","phase":"of a later version"}""", KeyPhase.Waiting)]
    public void What_is_not_known_is_skipped(string json, object phase)
    {
        Assert.True(KeyRecord.TryDecode(Encoding.UTF8.GetBytes(json), out var read));
        Assert.Equal(phase, read.Value.Phase);
        Assert.Equal(JobId.Parse("a"), read.Value.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":7}""")]
    public void What_is_no_record_is_said_to_be_none(string bytes) => Assert.False(KeyRecord.TryDecode(Encoding.UTF8.GetBytes(bytes), out _));

    [Fact]
    public void Keys_of_different_jobs_and_texts_are_apart_and_fit_the_store()
    {
        var longest = new string('x', LongText.Longest);
        string[] all =
        [
            KeyRecord.StoreKeyOf("a", "1"),
            KeyRecord.StoreKeyOf("b", "1"),
            KeyRecord.StoreKeyOf("a", longest),
            KeyRecord.StoreKeyOf("a", longest + "y"),
            KeyRecord.StoreKeyOf("a", longest + "z"),
            KeyRecord.StoreKeyOf(new string('n', 128), longest),
        ];

        Assert.Distinct(all);
        Assert.All(all, static key => Assert.InRange(key.Length, 1, IJobStore.MaxKeyLength));
    }
}
