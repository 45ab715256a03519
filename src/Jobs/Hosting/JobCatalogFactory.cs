using Jobs.Catalog;
using Jobs.Definitions;

namespace Jobs.Hosting;

/// <summary>Makes the catalog of jobs: code callback, else configuration, else attribute, else the host's default.</summary>
internal static class JobCatalogFactory
{
    /// <exception cref="JobConfigurationException">Jobs or handlers are registered twice or name impossible queues; the message names each.</exception>
    public static JobCatalog Create(JobsRegistry registry, JobsOptions options)
    {
        var problems = new List<string>();
        CheckNames(registry, problems);

        var handlers = new Dictionary<JobDefinition, JobHandler>();
        foreach (var handler in registry.Handlers)
        {
            if (!handlers.TryAdd(handler.Definition, handler))
            {
                problems.Add($"Job '{handler.Definition.Name}' has two handlers: {handlers[handler.Definition].Location} and {handler.Location}. Remove [JobHandler] from one.");
            }
        }

        var queues = QueueNames.Of(registry, options);
        var registrations = new List<JobRegistration>(registry.Definitions.Count);
        foreach (var definition in registry.Definitions)
        {
            options.Overrides.TryGetValue(definition.Name, out var configured);
            var queue = queues.TryGetValue(configured?.Queue ?? definition.Queue, out var declared) ? declared : definition.Queue;
            if (!ConfigurationNames.IsName(definition.Queue))
            {
                problems.Add($"Job '{definition.Name}' ({definition.Location}) names the queue '{definition.Queue}'; a queue's name has 1 to 64 letters, digits, '-' or '_'.");
            }

            var settings = Resolve(definition, configured, registry, options);
            if (settings.Backoff > settings.MaxBackoff)
            {
                problems.Add($"Job '{definition.Name}' has the Backoff {settings.Backoff}, which is longer than its MaxBackoff {settings.MaxBackoff}; set Jobs:Overrides:{definition.Name}:MaxBackoff.");
            }

            registrations.Add(new JobRegistration(definition, handlers.GetValueOrDefault(definition), queue, settings));
        }

        return problems.Count == 0
            ? new JobCatalog(registrations)
            : throw new JobConfigurationException(string.Join(Environment.NewLine, problems));
    }

    // Names that differ in case only are one name to configuration, so they cannot be two jobs, or two queues.
    private static void CheckNames(JobsRegistry registry, List<string> problems)
    {
        foreach (var same in registry.Definitions.GroupBy(definition => definition.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (same.Skip(1).Any())
            {
                problems.Add($"Job '{same.Key}' is declared more than once: {string.Join(" and ", same.Select(definition => definition.Location))}. Give one another name, [Job(\"…\")].");
            }
        }

        CheckAliases(registry, problems);

        var spellings = registry.Queues.Concat(registry.Definitions.Select(definition => definition.Queue)).Distinct(StringComparer.Ordinal);
        foreach (var same in spellings.GroupBy(name => name, StringComparer.OrdinalIgnoreCase))
        {
            if (same.Skip(1).Any())
            {
                problems.Add($"Queues differ in case only: {string.Join(", ", same.Select(name => $"'{name}'"))}. Spell the queue of every job the same.");
            }
        }
    }

    // Which of two jobs a message of that name meant could not be told.
    private static void CheckAliases(JobsRegistry registry, List<string> problems)
    {
        foreach (var definition in registry.Definitions)
        {
            foreach (var alias in definition.Aliases)
            {
                var others = registry.Definitions.Where(other => other != definition && other.Aliases.Prepend(other.Name).Contains(alias, StringComparer.OrdinalIgnoreCase)).ToArray();
                if (others.Length > 0)
                {
                    problems.Add($"Job '{definition.Name}' ({definition.Location}) has the alias '{alias}', which also names {string.Join(" and ", others.Select(other => other.Location))}. Remove one of them.");
                }
            }
        }
    }

    private static JobSettings Resolve(JobDefinition definition, JobOverrideOptions? configured, JobsRegistry registry, JobsOptions options)
    {
        var policy = definition.Policy;
        var defaults = options.Defaults;
        return new JobSettings
        {
            MaxAttempts = configured?.MaxAttempts ?? policy.MaxAttempts ?? defaults.MaxAttempts,
            MaxCrashes = configured?.MaxCrashes ?? policy.MaxCrashes ?? defaults.MaxCrashes,
            Backoff = configured?.Backoff ?? policy.Backoff ?? defaults.Backoff,
            MaxBackoff = configured?.MaxBackoff ?? policy.MaxBackoff ?? defaults.MaxBackoff,
            Timeout = configured?.Timeout ?? policy.Timeout ?? defaults.Timeout,
            HardTimeoutGrace = configured?.HardTimeoutGrace ?? policy.HardTimeoutGrace ?? defaults.HardTimeoutGrace,
            Priority = configured?.Priority ?? policy.Priority ?? defaults.Priority,
            RetryOn = policy.RetryOn,
            NoRetryOn = policy.NoRetryOn,
            FailureRules = new FailureRuleSet([.. policy.FailureRules, .. registry.FailureRules], options.FailureRules),
            ConcurrencyLimit = configured?.ConcurrencyLimit ?? policy.ConcurrencyLimit,
            IdempotencyRetention = policy.IdempotencyRetention,
            Batch = definition.Batch is { } batch
                ? new BatchPolicy(configured?.BatchSize ?? batch.Size, configured?.BatchWindow ?? batch.Window)
                : null,
        };
    }
}
