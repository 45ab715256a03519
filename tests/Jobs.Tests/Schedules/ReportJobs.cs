namespace Jobs.Tests.Schedules;

/// <summary>Jobs with schedules that a test switches on.</summary>
public sealed class ReportJobs(ReportLog log)
{
    [Job("reports.build")]
    [Cron("0 7 * * *", TimeZone = "Europe/Vienna", Name = "reports.nightly", Enabled = false)]
    [Every("00:05:00", Name = "reports.often", Args = """{"days":7}""", Enabled = false)]
    public Task Build(int days = 30, CancellationToken cancellationToken = default) => log.RunAsync(days, cancellationToken);

    [Job("reports.send")]
    public Task Send(string address) => log.RunAsync(address.Length, default);
}
