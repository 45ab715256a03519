using Jobs.Stores;

namespace Jobs.Claims;

/// <summary>Where the store keeps what runs take.</summary>
internal static class ClaimNames
{
    /// <summary>The permits of a concurrency key, which jobs of all names share.</summary>
    public static string Limit(string key) => $"limit:{Short(key)}";

    /// <summary>The permits of a job that has no concurrency key.</summary>
    public static string LimitOfJob(string job) => $"limit-job:{job}";

    /// <summary>The permit of the one run that works under an idempotency key.</summary>
    public static string Run(string job, string key) => $"run:{job}:{Short(key)}";

    /// <summary>The marker of an idempotency key whose work is done.</summary>
    public static string Done(string job, string key) => $"done:{job}:{Short(key)}";

    private static string Short(string key) => key.Length <= LongText.Longest ? key : "#" + LongText.HashOf(key);
}
