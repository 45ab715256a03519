namespace Jobs.Transport;

/// <summary>How an attempt to be connected ended.</summary>
internal enum ConnectionEnd
{
    /// <summary>There was a connection.</summary>
    Lost,

    /// <summary>There was none; trying again may help.</summary>
    Unreachable,

    /// <summary>There was none, and there will be none until somebody changes something.</summary>
    MustBeMended,
}
