namespace Jobs.Brokers.Nats.Protocol;

/// <summary>What a server told of itself (INFO).</summary>
internal sealed record NatsServerInfo
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>As it was told: <c>2.9.10</c>, <c>2.12.0-RC.1</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>The level of the JetStream API: 0 before 2.11, 1 = 2.11, 2 = 2.12, 4 = 2.14. A leaf node tells its own, not that of the servers behind it.</summary>
    public int ApiLevel => ToldApiLevel ?? (IsAtLeast(2, 11, 0) ? 1 : 0);

    /// <summary>What servers from 2.12 on tell.</summary>
    public int? ToldApiLevel { get; init; }

    /// <summary>The most bytes of a message, headers included.</summary>
    public int MaxPayload { get; init; } = 1024 * 1024;

    public bool HasHeaders { get; init; }

    public bool HasJetStream { get; init; }

    /// <summary>The JetStream domain, or null.</summary>
    public string? Domain { get; init; }

    public string? Cluster { get; init; }

    /// <summary>True if there are no others: what it has on its disk is all there is.</summary>
    public bool StandsAlone => Cluster is null;

    /// <summary>The number of this connection at the server.</summary>
    public ulong ClientId { get; init; }

    public bool IsAuthorizationRequired { get; init; }

    public bool IsTlsRequired { get; init; }

    public bool IsTlsAvailable { get; init; }

    /// <summary>What is to be signed by who has a key.</summary>
    public string? Nonce { get; init; }

    /// <summary>Where the cluster's servers can be reached: host:port.</summary>
    public IReadOnlyList<string> ConnectUrls { get; init; } = [];

    /// <summary>It is about to stop: clients shall go elsewhere.</summary>
    public bool IsLameDuck { get; init; }

    /// <summary>True if the server is of this version or a later one. A pre-release counts as its release.</summary>
    public bool IsAtLeast(int major, int minor, int patch)
    {
        var text = Version.AsSpan();
        var end = text.IndexOfAny('-', '+');
        return System.Version.TryParse(end < 0 ? text : text[..end], out var version) && version >= new Version(major, minor, patch);
    }
}
