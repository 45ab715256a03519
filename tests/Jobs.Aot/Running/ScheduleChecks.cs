using Jobs.Schedules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Aot.Running;

/// <summary>Schedules run, from attributes and configuration, with their state in the store.</summary>
internal static class ScheduleChecks
{
    public static async Task RunAsync(Canary canary)
    {
        var builder = CanaryHost.CreateBuilder(("Schedules:scheduled.tick:Enabled", "true"), ("Schedules:scheduled.cron:Enabled", "true"));
        using var host = await CanaryHost.StartAsync(builder);
        var ledger = host.Services.GetRequiredService<ILedger>();
        var schedules = host.Services.GetRequiredService<IJobSchedules>();

        await canary.CheckAsync("an interval and a cron expression run their job, with args and without", async () =>
        {
            Expect.Equal("scheduled.tick scheduled.tick", await ledger.ReadAsync("tick"));
            Expect.Equal("scheduled.tick scheduled.cron", await ledger.ReadAsync("tock"));
        });

        await canary.CheckAsync("schedules are listed and changed", async () =>
        {
            await schedules.ChangeAsync("scheduled.cron", ScheduleTimes.Cron("0 0 29 2 *", "America/New_York"));
            var listed = (await schedules.ListAsync()).Single(schedule => schedule.Name == "scheduled.cron");
            Expect.Equal(("0 0 29 2 *", 5, true), (listed.Times.Expression, listed.NextTicks.Count, listed.IsChanged));
        });

        await host.StopAsync();
    }
}
