namespace Jobs.Transport;

/// <summary>What a look after the peer came to.</summary>
internal enum Sign
{
    /// <summary>All is well.</summary>
    Alive,

    /// <summary>It has been quiet: ask it.</summary>
    Ask,

    /// <summary>It has owed an answer for too long.</summary>
    Dead,
}
