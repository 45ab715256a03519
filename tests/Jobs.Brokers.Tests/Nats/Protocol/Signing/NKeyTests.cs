using Jobs.Brokers.Nats.Protocol.Signing;

namespace Jobs.Brokers.Tests.Nats.Protocol.Signing;

public class NKeyTests
{
    // The pair that the documentation of NATS shows.
    private const string Seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
    private const string User = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";

    [Fact]
    public void A_seed_tells_its_public_key()
    {
        var key = NKey.FromSeed(Seed);

        Assert.Equal(User, key.PublicKey);
        Assert.Equal(Seed, key.ToSeed());
    }

    [Theory]
    [InlineData(NKeyText.Operator, "O", "SO")]
    [InlineData(NKeyText.Account, "A", "SA")]
    [InlineData(NKeyText.User, "U", "SU")]
    public void The_text_shows_what_a_key_is_for(byte prefix, string publicStart, string seedStart)
    {
        var key = NKey.Create(prefix, [.. Enumerable.Range(0, 32).Select(static i => (byte)i)]);

        Assert.StartsWith(publicStart, key.PublicKey, StringComparison.Ordinal);
        Assert.StartsWith(seedStart, key.ToSeed(), StringComparison.Ordinal);
        Assert.Equal(key.PublicKey, NKey.FromSeed(key.ToSeed()).PublicKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SU")]
    [InlineData("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VZ")]
    [InlineData("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3V")]
    [InlineData("suacssl3uahudxkfsnvuzrf5uhpmwz6bfdtj7m6usdxiednppqyyycu3vy")]
    [InlineData(User)]
    public void What_is_no_seed_is_refused_and_not_shown(string seed)
    {
        var error = Assert.Throws<FormatException>(() => NKey.FromSeed(seed));

        Assert.True(seed.Length == 0 || !error.Message.Contains(seed, StringComparison.Ordinal));
    }

    [Fact]
    public void A_signature_is_base64_for_URLs_without_padding() =>
        Assert.Matches("^[A-Za-z0-9_-]{86}$", NKey.FromSeed(Seed).Sign("nonce"));
}
