namespace Shop;

public static class ReportJobs
{
    [Job]
    [Cron("0 7 * * *", TimeZone = "Europe/Vienna", Misfire = MisfirePolicy.All, MaxMisfires = 3, Overlap = OverlapPolicy.Skip, Jitter = "00:01:00")]
    [Every("00:05:00", Name = "reports.often", Args = """{"days":7}""", Enabled = false)]
    public static Task Build(int days = 30) => Task.CompletedTask;
}
