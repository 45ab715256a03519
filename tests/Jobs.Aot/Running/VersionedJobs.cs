namespace Jobs.Aot.Running;

/// <summary>A job with two versions before the present one, and a former name.</summary>
internal static class VersionedJobs
{
    [Job("versioned.note", Version = 3, Aliases = ["versioned.write"])]
    public static void Note(string key, string text, int times, ILedger ledger) => ledger.Note(key, $"{text} {times}");

    [JobUpcast(nameof(Note), 1)]
    public static NoteV2 FromV1(NoteV1 old) => new(old.Key, string.Join(' ', old.Words));

    [JobUpcast(nameof(Note), 2)]
    public static VersionedJobsClient.NoteArgs FromV2(NoteV2 old) => new(old.Key, old.Text, Times: 1);

    internal sealed record NoteV1(string Key, List<string> Words);

    internal sealed record NoteV2(string Key, string Text);
}
