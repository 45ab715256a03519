namespace Jobs.Brokers.Conformance.Servers;

/// <summary>How a <see cref="RedisServer"/> is started.</summary>
public sealed record RedisServerOptions
{
    /// <summary>True keeps an append-only file, so that a restart finds what was there.</summary>
    /// <value>Default true.</value>
    public bool AppendOnly { get; init; } = true;

    /// <summary>When the file is synchronised: <c>always</c>, <c>everysec</c> or <c>no</c>. Only <c>always</c> keeps all that was answered when the
    /// server is killed: with the others it may answer before it has written, while the disk is still busy with what was before.</summary>
    /// <value>Default <c>always</c>.</value>
    public string AppendFsync { get; init; } = "always";

    /// <summary>The password of the default user.</summary>
    /// <value>Default none.</value>
    public string? Password { get; init; }

    /// <summary>Further arguments, after ours: the last one wins.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
