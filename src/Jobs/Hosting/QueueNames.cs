namespace Jobs.Hosting;

/// <summary>The queues that a host knows: those that jobs name, those that configuration sends jobs to, those added in code.</summary>
internal static class QueueNames
{
    /// <summary>The names. Compared without case; the first spelling counts, and code comes before configuration.</summary>
    public static HashSet<string> Of(JobsRegistry registry, JobsOptions options)
    {
        var names = new HashSet<string>(registry.Queues, StringComparer.OrdinalIgnoreCase);
        names.UnionWith(registry.Definitions.Select(definition => definition.Queue));
        names.UnionWith(options.Overrides.Values.Select(settings => settings.Queue).OfType<string>());
        return names;
    }
}
