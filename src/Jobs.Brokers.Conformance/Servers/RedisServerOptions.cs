namespace Jobs.Brokers.Conformance.Servers;

/// <summary>How a <see cref="RedisServer"/> is started.</summary>
public sealed record RedisServerOptions
{
    /// <summary>True keeps an append-only file, so that a restart finds what was there.</summary>
    /// <value>Default true.</value>
    public bool AppendOnly { get; init; } = true;

    /// <summary>When the file is flushed: <c>always</c>, <c>everysec</c> or <c>no</c>. A killed server loses nothing in any mode, a killed machine does.</summary>
    /// <value>Default <c>everysec</c>.</value>
    public string AppendFsync { get; init; } = "everysec";

    /// <summary>The password of the default user.</summary>
    /// <value>Default none.</value>
    public string? Password { get; init; }

    /// <summary>Further arguments, after ours: the last one wins.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
