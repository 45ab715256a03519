namespace Jobs.Brokers.Nats.JetStream;

/// <summary>What an error of JetStream means, as far as callers tell errors apart.</summary>
internal enum JetStreamErrorKind
{
    /// <summary>No error.</summary>
    None,

    /// <summary>Any other.</summary>
    Other,

    /// <summary>It passes: no leader, too busy, shutting down; nobody answers.</summary>
    Unavailable,

    /// <summary>JetStream is not enabled, for the server or the account.</summary>
    NotEnabled,

    /// <summary>The stream or the consumer does not exist.</summary>
    NotFound,

    /// <summary>The message does not exist.</summary>
    NoMessage,

    /// <summary>A stream or consumer of that name exists, and has other settings.</summary>
    NameInUse,

    /// <summary>Another stream takes one of the subjects, or another consumer of a work queue does.</summary>
    SubjectInUse,

    /// <summary>The settings are not valid, or cannot be changed to these.</summary>
    Invalid,

    /// <summary>The last sequence is not the one that was expected.</summary>
    WrongLastSequence,

    /// <summary>The stream is full (messages, bytes, messages of a subject), or its storage is.</summary>
    LimitReached,

    /// <summary>The message is larger than the stream takes, or its headers are.</summary>
    TooLarge,

    /// <summary>The account, or the server, has no room for another stream or consumer, or for its storage.</summary>
    NoResources,

    /// <summary>Fewer servers than replicas.</summary>
    TooFewServers,

    /// <summary>The server is too old for what was asked.</summary>
    NotSupported,
}
