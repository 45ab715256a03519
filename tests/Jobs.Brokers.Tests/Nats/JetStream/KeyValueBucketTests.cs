using System.Text;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Tests.Nats.JetStream;

public sealed class KeyValueBucketTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>, IAsyncLifetime
{
    private readonly KeyValueBucket _bucket = new(fixture.JetStream, fixture.NewName());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.JetStream.CreateStreamAsync(_bucket.Config(replicas: 1), Token);

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task A_value_is_written_and_read()
    {
        Assert.Null(await _bucket.GetAsync("a.b", Token));

        var first = await _bucket.PutAsync("a.b", Bytes("one"), ttl: null, Token);
        var second = await _bucket.PutAsync("a.b", Bytes("two"), ttl: null, Token);

        Assert.True(second > first);
        var entry = await _bucket.GetAsync("a.b", Token);
        Assert.Equal(("two", second), (Text(entry), entry!.Revision));
    }

    [Fact]
    public async Task A_value_is_created_once()
    {
        var revision = await _bucket.CreateAsync("a", Bytes("one"), ttl: null, Token);

        Assert.NotNull(revision);
        Assert.Null(await _bucket.CreateAsync("a", Bytes("two"), ttl: null, Token));
        Assert.Equal("one", Text(await _bucket.GetAsync("a", Token)));
    }

    [Fact]
    public async Task Of_many_who_create_one_wins()
    {
        var revisions = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _bucket.CreateAsync("a", Bytes($"{i}"), ttl: null, Token).AsTask()));

        var winner = Assert.Single(Enumerable.Range(0, 50), i => revisions[i] is not null);
        Assert.Equal($"{winner}", Text(await _bucket.GetAsync("a", Token)));
    }

    [Fact]
    public async Task A_deleted_value_can_be_created_again_once()
    {
        await _bucket.CreateAsync("a", Bytes("one"), ttl: null, Token);
        Assert.True(await _bucket.DeleteAsync("a", revision: null, Token));
        Assert.Null(await _bucket.GetAsync("a", Token));

        var revisions = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _bucket.CreateAsync("a", Bytes($"{i}"), ttl: null, Token).AsTask()));

        Assert.Single(revisions, static revision => revision is not null);
        Assert.NotNull(await _bucket.GetAsync("a", Token));
    }

    [Fact]
    public async Task A_value_is_replaced_or_deleted_only_at_its_revision()
    {
        var first = await _bucket.PutAsync("a", Bytes("one"), ttl: null, Token);
        var second = await _bucket.UpdateAsync("a", Bytes("two"), first, ttl: null, Token);

        Assert.NotNull(second);
        Assert.Null(await _bucket.UpdateAsync("a", Bytes("three"), first, ttl: null, Token));
        Assert.False(await _bucket.DeleteAsync("a", first, Token));
        Assert.Equal("two", Text(await _bucket.GetAsync("a", Token)));
        Assert.True(await _bucket.DeleteAsync("a", second, Token));
        Assert.Null(await _bucket.GetAsync("a", Token));
    }

    [Fact]
    public async Task Keys_do_not_touch_each_other()
    {
        await _bucket.PutAsync("a", Bytes("one"), ttl: null, Token);
        await _bucket.PutAsync("b", Bytes("two"), ttl: null, Token);
        await _bucket.DeleteAsync("b", revision: null, Token);

        Assert.NotNull(await _bucket.CreateAsync("c", Bytes("three"), ttl: null, Token));
        Assert.Equal("one", Text(await _bucket.GetAsync("a", Token)));
    }

    [Fact]
    public async Task A_bucket_forgets_after_its_age()
    {
        var bucket = new KeyValueBucket(fixture.JetStream, fixture.NewName());
        await fixture.JetStream.CreateStreamAsync(bucket.Config(replicas: 1, TimeSpan.FromMilliseconds(200)), Token);
        await bucket.PutAsync("a", Bytes("one"), ttl: null, Token);

        while (await bucket.GetAsync("a", Token) is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }

        Assert.NotNull(await bucket.CreateAsync("a", Bytes("two"), ttl: null, Token));
    }

    [Fact]
    public async Task A_value_is_forgotten_after_its_time_and_a_server_that_cannot_is_not_told_to()
    {
        var bucket = new KeyValueBucket(fixture.JetStream, fixture.NewName());
        var serverCan = fixture.JetStream.Server!.ApiLevel >= 1;
        await fixture.JetStream.CreateStreamAsync(bucket.Config(replicas: 1, allowTtl: serverCan), Token);

        if (serverCan)
        {
            await bucket.PutAsync("a", Bytes("one"), TimeSpan.FromMilliseconds(1), Token);
            while (await bucket.GetAsync("a", Token) is not null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
            }
        }
        else
        {
            var error = await Assert.ThrowsAsync<JobConfigurationException>(async () => await bucket.PutAsync("a", Bytes("one"), TimeSpan.FromSeconds(5), Token));

            Assert.Contains("2.11", error.Message, StringComparison.Ordinal);
            Assert.Null(await bucket.GetAsync("a", Token));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a*")]
    [InlineData(">")]
    public async Task A_key_that_would_be_another_subject_is_refused(string key) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _bucket.PutAsync(key, Bytes("x"), ttl: null, Token));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(KeyValueEntry? entry) => Encoding.UTF8.GetString(entry!.Value.Span);
}
