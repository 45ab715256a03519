using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <content>Permits.</content>
public abstract partial class StoreConformance<TFixture>
{
    /// <summary>At most so many hold a permit at once, whichever process they are in.</summary>
    [Fact]
    public async Task At_Most_So_Many_Hold_A_Permit()
    {
        const int Limit = 3;
        var stores = new[] { await ConnectAsync<IPermitStore>(), await ConnectAsync<IPermitStore>() };

        var taken = await WithinAsync(Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            Task.Run(() => stores[i % 2].AcquireAsync("k", $"o{i}", Limit, Fixture.Expiry * 100, Token).AsTask()))));

        Assert.Equal(Limit, taken.Count(static isTaken => isTaken));
        Assert.Equal(Limit, await stores[0].CountHeldAsync("k", Token));
        Assert.True(await stores[0].AcquireAsync("another key", "o", 1, Fixture.Expiry, Token));
        Assert.Equal(0, await stores[0].CountHeldAsync("none", Token));
    }

    /// <summary>Who holds a permit and asks again keeps it; it counts once.</summary>
    [Fact]
    public async Task A_Holder_Keeps_Its_Permit()
    {
        var store = await ConnectAsync<IPermitStore>();
        Assert.True(await store.AcquireAsync("k", "a", 2, Fixture.Expiry * 100, Token));
        Assert.True(await store.AcquireAsync("k", "b", 2, Fixture.Expiry * 100, Token));

        Assert.True(await store.AcquireAsync("k", "a", 1, Fixture.Expiry * 100, Token));
        Assert.Equal(2, await store.CountHeldAsync("k", Token));
        Assert.False(await store.AcquireAsync("k", "c", 2, Fixture.Expiry, Token));
    }

    /// <summary>A released permit is free at once, but only its holder can release it.</summary>
    [Fact]
    public async Task Only_The_Holder_Releases()
    {
        var store = await ConnectAsync<IPermitStore>();
        await store.AcquireAsync("k", "a", 1, Fixture.Expiry * 100, Token);

        Assert.False(await store.ReleaseAsync("k", "b", Token));
        Assert.False(await store.AcquireAsync("k", "b", 1, Fixture.Expiry, Token));
        Assert.True(await store.ReleaseAsync("k", "a", Token));
        Assert.False(await store.ReleaseAsync("k", "a", Token));

        Assert.True(await store.AcquireAsync("k", "b", 1, Fixture.Expiry * 100, Token));
    }

    /// <summary>A permit that is not renewed is free once it has expired, and its former holder is told.</summary>
    [Fact]
    public async Task A_Permit_Expires_Unless_Renewed()
    {
        var store = await ConnectAsync<IPermitStore>();
        foreach (var owner in (string[])["crashed", "alive"])
        {
            Assert.True(await store.AcquireAsync("k", owner, 2, Fixture.Expiry, Token));
        }

        await PassAsync(Fixture.Expiry / 2);
        var held = new bool[3];
        await store.RenewAsync((StorePermit[])[new("k", "alive"), new("k", "stranger"), new("none", "alive")], Fixture.Expiry, held, Token);
        Assert.Equal([true, false, false], held);
        await PassAsync((Fixture.Expiry / 2) + (Fixture.Slack / 2));

        Assert.Equal(1, await store.CountHeldAsync("k", Token));
        Assert.True(await store.AcquireAsync("k", "next", 2, Fixture.Expiry * 100, Token));
        await store.RenewAsync((StorePermit[])[new("k", "crashed")], Fixture.Expiry, held, Token);
        Assert.False(held[0]);
        Assert.False(await store.ReleaseAsync("k", "crashed", Token));
    }

    /// <summary>Permits and entries of the same key do not meet.</summary>
    [Fact]
    public async Task Permits_Are_No_Entries()
    {
        var store = await ConnectAsync<IPermitStore>();
        await store.AcquireAsync("k", "a", 1, Fixture.Expiry * 100, Token);

        Assert.True((await PutAsync(store, "k", "v", StoreCondition.IfAbsent)).Written);
        await store.DeleteAsync("k", StoreCondition.Always, Token);

        Assert.Equal(1, await store.CountHeldAsync("k", Token));
    }
}
