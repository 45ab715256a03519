namespace Jobs.Brokers.Redis.Protocol;

/// <summary>What an error reply means: its first word.</summary>
internal enum RedisErrorKind
{
    /// <summary>Any other, <c>ERR</c> included.</summary>
    Other,

    /// <summary>The data set is being loaded; it passes.</summary>
    Loading,

    /// <summary>A replica: the primary is elsewhere.</summary>
    ReadOnly,

    /// <summary><c>MASTERDOWN</c>, <c>CLUSTERDOWN</c>, <c>TRYAGAIN</c>, a slot of a cluster that is moving: it passes.</summary>
    Unavailable,

    /// <summary>The memory limit is reached.</summary>
    OutOfMemory,

    /// <summary>The stream or its consumer group does not exist.</summary>
    NoGroup,

    /// <summary>The consumer group exists already.</summary>
    BusyGroup,

    /// <summary>A blocked read ended because the stream was deleted, or its server changed its role.</summary>
    Unblocked,

    /// <summary>Keys of one command belong to several slots.</summary>
    CrossSlot,

    /// <summary>Wrong name or password.</summary>
    WrongPassword,

    /// <summary>A password is needed.</summary>
    NoAuthentication,

    /// <summary>The user may not run this command, or not on this key.</summary>
    NoPermission,

    /// <summary>The server does not have the script; the client sends it in full.</summary>
    NoScript,

    /// <summary>A script runs too long: <c>BUSY</c>; it passes.</summary>
    Busy,

    /// <summary><c>MISCONF</c>: the server refuses writes because it cannot persist.</summary>
    Misconfigured,

    /// <summary>The key holds another kind of value.</summary>
    WrongType,
}
