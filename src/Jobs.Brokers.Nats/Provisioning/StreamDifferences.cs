using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.Provisioning;

/// <summary>Compares the settings that matter. What an operator made safer is left alone: more replicas, longer memories of ids, limits in bytes.</summary>
internal static class StreamDifferences
{
    public static IEnumerable<Difference> Of(StreamConfig actual, StreamConfig wanted)
    {
        if (!actual.Subjects.Order(StringComparer.Ordinal).SequenceEqual(wanted.Subjects.Order(StringComparer.Ordinal)))
        {
            yield return new Difference($"takes the subjects {string.Join(", ", actual.Subjects)} instead of {string.Join(", ", wanted.Subjects)}", CanBeChanged: false);
        }

        if (actual.Retention != wanted.Retention)
        {
            yield return new Difference($"has the retention {actual.Retention} instead of {wanted.Retention}", CanBeChanged: false);
        }

        if (actual.IsInMemory)
        {
            yield return new Difference("is kept in memory instead of files", CanBeChanged: false);
        }

        if (actual.DeniesDelete && !wanted.DeniesDelete)
        {
            yield return new Difference("does not let messages be deleted", CanBeChanged: false);
        }

        if (actual.MaxMessages != wanted.MaxMessages)
        {
            yield return new Difference($"has {Limit(actual.MaxMessages)} instead of {Limit(wanted.MaxMessages)}", CanBeChanged: true);
        }

        if (actual.MaxMessagesPerSubject != wanted.MaxMessagesPerSubject)
        {
            yield return new Difference($"keeps {Limit(actual.MaxMessagesPerSubject)} for each subject instead of {Limit(wanted.MaxMessagesPerSubject)}", CanBeChanged: true);
        }

        if (actual.DiscardsNew != wanted.DiscardsNew)
        {
            yield return new Difference($"discards {(actual.DiscardsNew ? "new" : "old")} messages at a limit", CanBeChanged: true);
        }

        if (actual.MaxAge > TimeSpan.Zero && !wanted.MayAge)
        {
            yield return new Difference($"drops messages after {actual.MaxAge}", CanBeChanged: true);
        }

        if (actual.DuplicateWindow < wanted.DuplicateWindow)
        {
            yield return new Difference($"recognises message ids for {actual.DuplicateWindow} instead of {wanted.DuplicateWindow}", CanBeChanged: true);
        }

        if (actual.Replicas < wanted.Replicas)
        {
            yield return new Difference($"has {actual.Replicas} replicas instead of {wanted.Replicas}", CanBeChanged: true);
        }

        if (wanted.AllowsDirect && !actual.AllowsDirect)
        {
            yield return new Difference("does not answer direct reads", CanBeChanged: true);
        }

        if (wanted.AllowsMessageTtl && !actual.AllowsMessageTtl)
        {
            yield return new Difference("does not let messages say how long they are kept", CanBeChanged: true);
        }
    }

    /// <summary>The settings to update a stream to; all else that it has stays.</summary>
    public static StreamConfig Changed(StreamConfig actual, StreamConfig wanted) => actual with
    {
        MaxMessages = wanted.MaxMessages,
        MaxMessagesPerSubject = wanted.MaxMessagesPerSubject,
        DiscardsNew = wanted.DiscardsNew,
        MaxAge = wanted.MayAge ? actual.MaxAge : TimeSpan.Zero,
        DuplicateWindow = Max(actual.DuplicateWindow, wanted.DuplicateWindow),
        Replicas = Math.Max(actual.Replicas, wanted.Replicas),
        AllowsDirect = actual.AllowsDirect || wanted.AllowsDirect,
        AllowsMessageTtl = actual.AllowsMessageTtl || wanted.AllowsMessageTtl,
    };

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static string Limit(long limit) => limit < 0 ? "any number of messages" : $"at most {limit} messages";
}
