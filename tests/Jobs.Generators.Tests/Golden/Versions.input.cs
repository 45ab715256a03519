namespace Shop;

public sealed record CountV1(string Box);

public sealed record CountV2(string Mailbox, IReadOnlyList<string> Folders);

public static class EmailJobs
{
    [Job("email.count", Version = 3, Aliases = ["mail.count"])]
    public static int Count(string mailbox, int depth) => 1;

    [JobUpcast(nameof(Count), 1)]
    public static CountV2 FromV1(CountV1 old) => new(old.Box, []);

    [JobUpcast(nameof(Count), 2)]
    public static EmailJobsClient.CountArgs FromV2(CountV2 old) => new(old.Mailbox, old.Folders.Count);
}
