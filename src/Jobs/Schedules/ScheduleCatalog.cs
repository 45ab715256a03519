namespace Jobs.Schedules;

/// <summary>The schedules that this host knows, by name. Immutable; one per host.</summary>
internal sealed class ScheduleCatalog(IReadOnlyList<ScheduleSettings> all)
{
    public IReadOnlyList<ScheduleSettings> All => all;

    /// <exception cref="ArgumentException">No schedule has this name.</exception>
    public ScheduleSettings Get(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return all.FirstOrDefault(schedule => schedule.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"This host has no schedule '{name}'. {Hosting.ConfigurationNames.Hint(name, all.Select(schedule => schedule.Name))}", nameof(name));
    }
}
