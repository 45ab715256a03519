namespace Jobs.Brokers.Nats.JetStream;

/// <summary>What the numbers of errors mean.</summary>
/// <remarks>https://github.com/nats-io/nats-server/blob/main/server/errors.json</remarks>
internal static class JetStreamErrorKinds
{
    /// <param name="errorCode">The number of the error (<c>err_code</c>).</param>
    /// <param name="code">Its status, as 503.</param>
    public static JetStreamErrorKind Of(int errorCode, int code) => errorCode switch
    {
        // 10077: storing failed, nearly always by a limit; its status is 503, but waiting does not help.
        10077 => JetStreamErrorKind.LimitReached,
        10039 or 10076 => JetStreamErrorKind.NotEnabled,
        10014 or 10059 => JetStreamErrorKind.NotFound,
        10037 or 10043 => JetStreamErrorKind.NoMessage,
        10013 or 10058 or 10105 or 10148 => JetStreamErrorKind.NameInUse,
        10065 or 10099 or 10100 => JetStreamErrorKind.SubjectInUse,
        10012 or 10025 or 10052 or 10069 => JetStreamErrorKind.Invalid,
        10071 or 10164 => JetStreamErrorKind.WrongLastSequence,
        10054 or 10097 => JetStreamErrorKind.TooLarge,
        10002 or 10023 or 10026 or 10027 or 10028 or 10047 => JetStreamErrorKind.NoResources,
        10005 or 10074 => JetStreamErrorKind.TooFewServers,
        10185 => JetStreamErrorKind.NotSupported,
        // 10158: the same message id is being stored at this moment.
        10007 or 10008 or 10009 or 10158 or 10163 or 10167 => JetStreamErrorKind.Unavailable,
        _ => code switch
        {
            404 => JetStreamErrorKind.NotFound,
            412 => JetStreamErrorKind.NotSupported,
            429 or 503 => JetStreamErrorKind.Unavailable,
            _ => JetStreamErrorKind.Other,
        },
    };

    /// <summary>True if the same request may well succeed a moment later, without anyone mending anything.</summary>
    public static bool Passes(this JetStreamErrorKind kind) => kind == JetStreamErrorKind.Unavailable;
}
