using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the schedules of one job, if there are any.</summary>
internal static class ScheduleEmitter
{
    public static void Emit(SourceWriter w, EquatableArray<ScheduleModel> schedules)
    {
        if (schedules.Count == 0)
        {
            return;
        }

        using (w.Block("Schedules = new global::Jobs.Schedules.ScheduleDefinition[]", ","))
        {
            foreach (var schedule in schedules)
            {
                w.WriteLine($"new({Literal.Of(schedule.Name)}) {{ {string.Join(", ", Settings(schedule))} }},");
            }
        }
    }

    private static IEnumerable<string> Settings(ScheduleModel schedule)
    {
        if (schedule.Cron is { } cron)
        {
            yield return $"Cron = {Literal.Of(cron)}";
        }

        if (schedule.EveryTicks is { } every)
        {
            yield return $"Every = {DefinitionEmitter.Duration(every)}";
        }

        if (schedule.TimeZone is { } zone)
        {
            yield return $"TimeZone = {Literal.Of(zone)}";
        }

        if (schedule.Args is { } args)
        {
            yield return $"Args = {Literal.Of(args)}";
        }

        if (schedule.Misfire is { } misfire)
        {
            yield return $"Misfire = {misfire}";
        }

        if (schedule.MaxMisfires is { } most)
        {
            yield return $"MaxMisfires = {Literal.Of(most)}";
        }

        if (schedule.Overlap is { } overlap)
        {
            yield return $"Overlap = {overlap}";
        }

        if (schedule.JitterTicks is { } jitter)
        {
            yield return $"Jitter = {DefinitionEmitter.Duration(jitter)}";
        }

        if (!schedule.IsEnabled)
        {
            yield return "IsEnabled = false";
        }
    }
}
