using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>The log messages of the SQS client. Event ids are stable, never reused, and begin with 109.</summary>
internal static partial class SqsLog
{
    [LoggerMessage(10901, LogLevel.Information, "SQS answers.")]
    public static partial void Connected(ILogger logger);

    [LoggerMessage(10902, LogLevel.Warning, "SQS does not answer; trying again until it does. {Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(10903, LogLevel.Error, "SQS cannot be used until somebody changes something; trying again, slowly. {Reason}")]
    public static partial void MustBeMended(ILogger logger, string reason);

    [LoggerMessage(10904, LogLevel.Warning, "The clock of this machine differs from that of SQS by {Seconds} s; requests are signed with the time of SQS from now on.")]
    public static partial void ClockCorrected(ILogger logger, double seconds);

    [LoggerMessage(10905, LogLevel.Error, "Message {MessageId} of {Queue} is not what its checksum says; it is handed on all the same.")]
    public static partial void NotIntact(ILogger logger, string messageId, string queue);

    [LoggerMessage(10906, LogLevel.Error, "A message of {Queue} came without a receipt handle; it is left to come again.")]
    public static partial void NoHandle(ILogger logger, string queue);

    [LoggerMessage(10907, LogLevel.Debug, "{Action} is tried again, after try {Try}: {Reason}")]
    public static partial void Retrying(ILogger logger, string action, int @try, string reason);

    [LoggerMessage(10908, LogLevel.Information, "SQS calls the credentials expired or unknown; looking for others.")]
    public static partial void CredentialsExpired(ILogger logger);

    [LoggerMessage(10909, LogLevel.Warning, "This machine has no MD5; the checksums of SQS are not checked.")]
    public static partial void NoChecksums(ILogger logger);
}
