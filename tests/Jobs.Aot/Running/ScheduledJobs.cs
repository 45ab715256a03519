namespace Jobs.Aot.Running;

/// <summary>A job that runs by itself, where a check switches it on.</summary>
internal sealed class ScheduledJobs(ILedger ledger)
{
    [Job("scheduled.tick")]
    [Every("00:00:01", Args = """{"text":"tick"}""", Enabled = false)]
    [Cron("*/1 * * * * *", Name = "scheduled.cron", TimeZone = "Europe/Vienna", Enabled = false)]
    public void Tick(JobContext context, string text = "tock") => ledger.Note(text, $"{context.Name} {context.Schedule}");
}
