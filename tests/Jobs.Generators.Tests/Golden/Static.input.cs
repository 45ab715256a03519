namespace Shop;

public static class EmailJobs
{
    [Job]
    public static ValueTask<int> CountAsync(string mailbox) => new(mailbox.Length);

    [Job(Version = 2)]
    internal static void Sweep()
    {
    }
}
