using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

public class NatsServerInfoTests
{
    [Fact]
    public void What_a_server_tells_is_read()
    {
        var info = InfoReader.Read("""
            {"server_id":"ND","server_name":"n1","version":"2.12.0-RC.1","proto":1,"go":"go1.25","host":"0.0.0.0","port":4222,"headers":true,"auth_required":true,
             "tls_required":true,"tls_available":true,"max_payload":1048576,"jetstream":true,"client_id":5,"nonce":"xyz","ldm":true,"domain":"hub","cluster":"c1",
             "connect_urls":["10.0.0.1:4222","[::1]:4223"],"api_lvl":2,"unknown":{"a":[1,2]}}
            """u8);

        Assert.Equal(("ND", "n1", "2.12.0-RC.1", 1048576, 5UL, "xyz", "hub", "c1"), (info.Id, info.Name, info.Version, info.MaxPayload, info.ClientId, info.Nonce, info.Domain, info.Cluster));
        Assert.True(info is { HasHeaders: true, HasJetStream: true, IsAuthorizationRequired: true, IsTlsRequired: true, IsTlsAvailable: true, IsLameDuck: true });
        Assert.Equal(["10.0.0.1:4222", "[::1]:4223"], info.ConnectUrls);
    }

    [Theory]
    [InlineData("2.9.10", null, 0)]
    [InlineData("2.11.3", null, 1)]
    [InlineData("2.12.0", 2, 2)]
    [InlineData("2.14.1", 4, 4)]
    [InlineData("", null, 0)]
    public void The_level_of_the_API_is_told_or_follows_from_the_version(string version, int? told, int level) =>
        Assert.Equal(level, new NatsServerInfo { Version = version, ToldApiLevel = told }.ApiLevel);

    [Fact]
    public void Versions_compare_by_their_numbers()
    {
        var info = new NatsServerInfo { Version = "2.10.4-beta.1" };

        Assert.True(info.IsAtLeast(2, 10, 4));
        Assert.True(info.IsAtLeast(2, 9, 20));
        Assert.False(info.IsAtLeast(2, 10, 5));
        Assert.False(new NatsServerInfo { Version = "dev" }.IsAtLeast(0, 0, 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"max_payload\":\"much\"}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"connect_urls\":[1]}")]
    [InlineData("{\"version\":\"1\"")]
    public void What_cannot_be_read_is_a_typed_error(string json) =>
        Assert.Throws<NatsProtocolException>(() => InfoReader.Read(Encoding.UTF8.GetBytes(json)));
}
