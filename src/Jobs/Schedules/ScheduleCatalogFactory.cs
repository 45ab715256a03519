using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Hosting;

namespace Jobs.Schedules;

/// <summary>Makes the catalog of schedules: configuration, else attribute.</summary>
internal static class ScheduleCatalogFactory
{
    private const int DefaultMaxMisfires = 100;

    /// <exception cref="JobConfigurationException">Schedules share a name, have no readable times, or arguments that their job does not take; the message names each.</exception>
    public static ScheduleCatalog Create(JobCatalog jobs, JobsOptions options)
    {
        var problems = new List<string>();
        var schedules = new Dictionary<string, ScheduleSettings>(StringComparer.OrdinalIgnoreCase);
        foreach (var job in jobs.All)
        {
            foreach (var declared in job.Definition.Schedules)
            {
                options.Schedules.TryGetValue(declared.Name, out var configured);
                if (schedules.TryGetValue(declared.Name, out var other))
                {
                    problems.Add($"The schedule '{declared.Name}' of job '{job.Definition.Name}' ({job.Definition.Location}) has the name of one of job '{other.Job.Definition.Name}' ({other.Job.Definition.Location}). Set the Name of its attribute.");
                }
                else if (Resolve(declared, configured, jobs, job, problems) is { } schedule)
                {
                    schedules.Add(declared.Name, schedule);
                }
            }
        }

        var known = jobs.All.SelectMany(job => job.Definition.Schedules, (_, schedule) => schedule.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, configured) in options.Schedules)
        {
            if (known.Contains(name))
            {
                continue;
            }

            if (configured.Job is null)
            {
                problems.Add($"Jobs:Schedules:{name} names no schedule of this host; set Jobs:Schedules:{name}:Job if it is a new one. {ConfigurationNames.Hint(name, known)}");
            }
            else if (Resolve(new ScheduleDefinition(name), configured, jobs, null, problems) is { } schedule)
            {
                schedules.Add(name, schedule);
            }
        }

        return problems.Count == 0
            ? new ScheduleCatalog([.. schedules.Values.OrderBy(schedule => schedule.Name, StringComparer.Ordinal)])
            : throw new JobConfigurationException(string.Join(Environment.NewLine, problems));
    }

    private static ScheduleSettings? Resolve(ScheduleDefinition declared, ScheduleOptions? configured, JobCatalog jobs, JobRegistration? job, List<string> problems)
    {
        var path = $"Jobs:Schedules:{declared.Name}";
        if (configured?.Job is { } name)
        {
            job = jobs.All.FirstOrDefault(known => known.Definition.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (job is null)
            {
                problems.Add($"{path}:Job is '{name}', which is no job of this host. {ConfigurationNames.Hint(name, jobs.All.Select(known => known.Definition.Name))}");
                return null;
            }
        }

        if (configured is { Cron: not null, Every: not null })
        {
            problems.Add($"{path}:Cron and {path}:Every exclude each other; set one.");
            return null;
        }

        if (TimesOf(declared, configured) is not { } times)
        {
            problems.Add($"{path} has no times; set {path}:Cron or {path}:Every.");
            return null;
        }

        if (!ScheduleTiming.TryCreate(times, out var timing, out var problem))
        {
            problems.Add($"The schedule '{declared.Name}' of job '{job!.Definition.Name}' ({(configured is null ? job.Definition.Location : path)}) cannot be used. {problem}");
            return null;
        }

        var schedule = new ScheduleSettings
        {
            Name = declared.Name,
            Job = job!,
            Timing = timing,
            Args = configured?.Args ?? declared.Args,
            Misfire = configured?.Misfire ?? declared.Misfire,
            MaxMisfires = configured?.MaxMisfires ?? (declared.MaxMisfires > 0 ? declared.MaxMisfires : DefaultMaxMisfires),
            Overlap = configured?.Overlap ?? declared.Overlap,
            Jitter = configured?.Jitter ?? declared.Jitter,
            IsEnabled = configured?.Enabled ?? declared.IsEnabled,
        };
        return IsUsable(schedule, path, problems) ? schedule : null;
    }

    private static ScheduleTimes? TimesOf(ScheduleDefinition declared, ScheduleOptions? configured)
    {
        var zone = configured?.TimeZone ?? declared.TimeZone;
        return configured?.Cron is { } cron ? ScheduleTimes.Cron(cron, zone)
            : configured?.Every is { } every ? ScheduleTimes.Every(every)
            : declared.Cron is { } own ? ScheduleTimes.Cron(own, zone)
            : declared.Every is { } interval ? ScheduleTimes.Every(interval)
            : null;
    }

    private static bool IsUsable(ScheduleSettings schedule, string path, List<string> problems)
    {
        var job = schedule.Job.Definition;
        if (schedule.Overlap != OverlapPolicy.Allow && job.Batch is not null)
        {
            problems.Add($"The schedule '{schedule.Name}' has the overlap policy {schedule.Overlap}, but job '{job.Name}' ({job.Location}) runs in batches, which have no run of their own to wait for. Set {path}:Overlap to Allow.");
            return false;
        }

        try
        {
            schedule.CreateMessage().Release();
            return true;
        }
        catch (JobPayloadException error)
        {
            problems.Add($"The schedule '{schedule.Name}' has arguments that job '{job.Name}' ({job.Location}) does not take: {error.Message} Correct Args of the schedule, or {path}:Args; without Args every parameter needs a default value.");
            return false;
        }
    }
}
