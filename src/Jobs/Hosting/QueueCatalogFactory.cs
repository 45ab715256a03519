using Jobs.Catalog;

namespace Jobs.Hosting;

/// <summary>Makes the catalog of queues.</summary>
internal static class QueueCatalogFactory
{
    private static readonly JobPriority[] HighestFirst = [JobPriority.High, JobPriority.Normal, JobPriority.Low];

    /// <exception cref="JobConfigurationException">A job has a priority that its queue does not offer.</exception>
    public static QueueCatalog Create(JobsRegistry registry, JobCatalog jobs, JobsOptions options)
    {
        var problems = new List<string>();
        var queues = new List<QueueSettings>();
        foreach (var name in QueueNames.Of(registry, options))
        {
            var configured = options.Queues.GetValueOrDefault(name) ?? new QueueOptions();
            var own = jobs.All.Where(job => job.Queue == name).ToArray();
            IReadOnlyList<JobPriority> offered = configured.Priorities.Count > 0 ? [.. configured.Priorities] : [JobPriority.Normal, .. Array.ConvertAll(own, job => job.Settings.Priority)];
            var levels = Array.FindAll(HighestFirst, offered.Contains);
            problems.AddRange(own
                .Where(job => !offered.Contains(job.Settings.Priority))
                .Select(job => $"Job '{job.Definition.Name}' has the priority {job.Settings.Priority}, but Jobs:Queues:{name}:Priorities offers {string.Join(", ", levels)}."));

            queues.Add(new QueueSettings
            {
                Name = name,
                Weight = configured.Weight,
                Concurrency = configured.Concurrency ?? options.Worker.Concurrency,
                Lease = configured.Lease,
                MaxLength = configured.MaxLength,
                WhenFull = configured.WhenFull,
                Priorities = levels,
                IsConsumed = registry.HasWorker && (options.Worker.Queues.Count == 0 || options.Worker.Queues.Contains(name, StringComparer.OrdinalIgnoreCase)),
            });
        }

        return problems.Count == 0
            ? new QueueCatalog(options.Namespace, queues)
            : throw new JobConfigurationException(string.Join(Environment.NewLine, problems));
    }
}
