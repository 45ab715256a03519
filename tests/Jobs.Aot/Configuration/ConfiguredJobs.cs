using Jobs.Aot.Running;

namespace Jobs.Aot.Configuration;

/// <summary>A job whose every setting can be overridden.</summary>
internal static class ConfiguredJobs
{
    [Job("configured.send-batch", Queue = "critical"), Batch(Size = 10)]
    public static void SendBatch(IReadOnlyList<View> views) => ArgumentNullException.ThrowIfNull(views);
}
