namespace Jobs.Benchmarks.Serializer;

/// <summary>Gives the mail a serializer of ours; never run.</summary>
public static class MailJobs
{
    [Job("bench.mail")]
    public static ValueTask SendWelcome(Guid userId, string template)
    {
        _ = (userId, template);
        return default;
    }
}
