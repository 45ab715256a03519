using Jobs.Brokers.Nats.Stores;

namespace Jobs.Brokers.Tests.Nats.Stores;

public sealed class StoreNamesTests
{
    private readonly StoreNames _names = new("shop");

    [Theory]
    [InlineData("job:7", "job.7", "job.*")]
    [InlineData("schedule:nightly:x", "schedule.nightly/x", "schedule.*")]
    [InlineData("cancels", "cancels", "*")]
    [InlineData("job::", "job./", "job.*")]
    public void A_key_stays_readable_and_is_told_by_its_subject(string key, string subject, string classes)
    {
        Assert.Equal($"$KV.shop-store.e.{subject}", _names.EntrySubject(key));
        Assert.Equal(classes, StoreNames.ClassesOf(key));
        Assert.Equal(key, _names.KeyOf(_names.EntrySubject(key)));
    }

    [Theory]
    [InlineData("job:", "job.=", "job.*")]
    [InlineData("key:a b", "key.=", "key.*")]
    [InlineData("job:a/b", "job.=", "job.*")]
    [InlineData("=x", "=", "*")]
    [InlineData(":x", "=", "*")]
    [InlineData("a.b:x", "=", "*")]
    [InlineData("blue {*} ü", "=", "*")]
    [InlineData("a-class-that-is-too-long-to-be-one:x", "=", "*")]
    public void What_a_subject_cannot_hold_is_hashed(string key, string start, string classes)
    {
        Assert.StartsWith($"$KV.shop-store.e.{start}", _names.EntrySubject(key));
        Assert.Equal($"$KV.shop-store.e.{start}".Length + (start[^1] == '=' ? 64 : 0), _names.EntrySubject(key).Length);
        Assert.Equal(classes, StoreNames.ClassesOf(key));
        Assert.Null(_names.KeyOf(_names.EntrySubject(key)));
    }

    [Theory]
    [InlineData("job:7", "job:8:x", true)]
    [InlineData("job:7", "jobs:7", false)]
    [InlineData("job:7", "job", false)]
    [InlineData("plain", "other", true)]
    [InlineData("plain", ":x", true)]
    [InlineData("a.b:x", "a-class-that-is-too-long-to-be-one:x", true)]
    public void Keys_are_of_one_class_if_it_is_named_alike(string key, string other, bool areOfOne)
    {
        Assert.Equal(areOfOne, StoreNames.AreOfOneClass(key, other));
        Assert.Equal(areOfOne, StoreNames.AreOfOneClass(other, key));
        Assert.Equal(areOfOne, StoreNames.ClassesOf(key) == StoreNames.ClassesOf(other));
    }

    [Fact]
    public void A_header_names_an_index_by_its_name_where_it_can()
    {
        Assert.Equal("jobs:email.send:pending", StoreNames.TagOf("jobs:email.send:pending"));
        Assert.All((string[])["=x", "a b", "ü", new string('x', 200)], static index => Assert.Equal(65, StoreNames.TagOf(index).Length));
    }
}
