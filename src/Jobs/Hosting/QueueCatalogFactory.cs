using Jobs.Catalog;

namespace Jobs.Hosting;

/// <summary>Makes the catalog of queues.</summary>
internal static class QueueCatalogFactory
{
    /// <exception cref="JobConfigurationException">A job has a priority that its queue does not offer.</exception>
    public static QueueCatalog Create(JobsRegistry registry, JobCatalog jobs, JobsOptions options)
    {
        var problems = new List<string>();
        var queues = new List<QueueSettings>();
        foreach (var name in QueueNames.Of(registry, options))
        {
            var configured = options.Queues.GetValueOrDefault(name) ?? new QueueOptions();
            var levels = configured.Priorities.Count > 0
                ? configured.Priorities
                : [JobPriority.Normal, .. jobs.All.Where(job => job.Queue == name).Select(job => job.Settings.Priority)];
            problems.AddRange(jobs.All
                .Where(job => job.Queue == name && !levels.Contains(job.Settings.Priority))
                .Select(job => $"Job '{job.Definition.Name}' has the priority {job.Settings.Priority}, but Jobs:Queues:{name}:Priorities offers {string.Join(", ", levels)}."));

            queues.Add(new QueueSettings
            {
                Name = name,
                Weight = configured.Weight,
                Concurrency = configured.Concurrency ?? options.Worker.Concurrency,
                Lease = configured.Lease,
                MaxLength = configured.MaxLength,
                WhenFull = configured.WhenFull,
                Priorities = [.. levels.Distinct().OrderDescending()],
                IsConsumed = registry.HasWorker && (options.Worker.Queues.Count == 0 || options.Worker.Queues.Contains(name, StringComparer.OrdinalIgnoreCase)),
            });
        }

        return problems.Count == 0
            ? new QueueCatalog(options.Namespace, queues)
            : throw new JobConfigurationException(string.Join(Environment.NewLine, problems));
    }
}
