using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <content>Expiry.</content>
public abstract partial class StoreConformance<TFixture>
{
    /// <summary>An entry is there until its time has come, and then it is not, for reads and for conditions.</summary>
    [Fact]
    public async Task An_Expired_Entry_Is_Not_There()
    {
        var store = await ConnectAsync();
        var written = await PutAsync(store, "k", "v", StoreCondition.IfNotNewer(9), Fixture.Expiry);
        await PassAsync(Fixture.Expiry / 2);
        Assert.Equal("v", await ReadAsync(store, "k"));
        Assert.False((await PutAsync(store, "k", "too early", StoreCondition.IfAbsent)).Written);

        await PassAsync((Fixture.Expiry / 2) + Fixture.Slack);

        Assert.Null(await store.GetAsync("k", Token));
        Assert.Equal(new StoreWriteResult(false, 0), await PutAsync(store, "k", "gone", StoreCondition.IfVersion(written.Version)));
        Assert.True((await PutAsync(store, "k", "anew", StoreCondition.IfNotNewer(1))).Written);
        Assert.Equal(1, (await store.GetAsync("k", Token))!.Order);
    }

    /// <summary>A write sets the expiry anew: longer, shorter, or none.</summary>
    [Fact]
    public async Task A_Write_Replaces_The_Expiry()
    {
        var store = await ConnectAsync();
        foreach (var key in (string[])["longer", "none"])
        {
            await PutAsync(store, key, "v", expiry: Fixture.Expiry);
        }

        await PutAsync(store, "shorter", "v");
        await PutAsync(store, "longer", "v", expiry: Fixture.Expiry * 100);
        await PutAsync(store, "none", "v");
        await PutAsync(store, "shorter", "v", expiry: Fixture.Expiry);
        await ExpireAsync();

        Assert.NotNull(await store.GetAsync("longer", Token));
        Assert.NotNull(await store.GetAsync("none", Token));
        Assert.Null(await store.GetAsync("shorter", Token));
    }

    /// <summary>A write whose condition does not hold prolongs nothing.</summary>
    [Fact]
    public async Task A_Refused_Write_Prolongs_Nothing()
    {
        var store = await ConnectAsync();
        await PutAsync(store, "k", "v", expiry: Fixture.Expiry);

        Assert.False((await PutAsync(store, "k", "v", StoreCondition.IfAbsent, Fixture.Expiry * 100)).Written);
        await ExpireAsync();

        Assert.Null(await store.GetAsync("k", Token));
    }

    /// <summary>A write that is fenced off leaves the value, its version, and when it expires, or that it does not.</summary>
    [Fact]
    public async Task A_Fenced_Off_Write_Leaves_The_Expiry()
    {
        var store = await ConnectAsync();
        var expiring = await PutAsync(store, "expiring", "v", StoreCondition.IfNotNewer(2), Fixture.Expiry);
        var lasting = await PutAsync(store, "lasting", "v", StoreCondition.IfNotNewer(2));

        Assert.Equal(new StoreWriteResult(false, expiring.Version), await PutAsync(store, "expiring", "stale", StoreCondition.IfNotNewer(1), Fixture.Expiry * 100));
        Assert.Equal(new StoreWriteResult(false, lasting.Version), await PutAsync(store, "lasting", "stale", StoreCondition.IfNotNewer(1), Fixture.Expiry));
        Assert.Equal("v", await ReadAsync(store, "expiring"));
        await ExpireAsync();

        Assert.Null(await store.GetAsync("expiring", Token));
        var entry = await store.GetAsync("lasting", Token);
        Assert.Equal(("v", lasting.Version, 2L), (TextOf(entry), entry!.Version, entry.Order));
    }

    /// <summary>An expiry of many years is one.</summary>
    [Fact]
    public async Task A_Distant_Expiry_Is_Kept()
    {
        var store = await ConnectAsync();

        Assert.True((await PutAsync(store, "k", "v", expiry: TimeSpan.FromDays(36_500))).Written);

        Assert.Equal("v", await ReadAsync(store, "k"));
    }
}
