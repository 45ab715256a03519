using System.Globalization;
using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests;

/// <summary>The keys that generated definitions make.</summary>
public sealed class KeyCallTests
{
    [Fact]
    public async Task A_key_is_the_same_in_every_culture_and_for_every_offset()
    {
        var jobs = LoadedJobs.Load("""
            public enum Kind { Small = 1, Large = 20 }
            public sealed record Customer(string Name);
            public sealed record Order(int Id, Customer? Customer);

            public static class OrderJobs
            {
                [Job(Key = "{{\"\\a\"}}:{id:D6}:{amount}:{kind}:{order.Id}:{order.Customer.Name}")]
                public static void Ship(int id, decimal amount, Kind kind, Order order) { }
                [Job(Key = "{at}|{maybe}|{day:yyyy/MM}|{time}|{span}|{flag}|{uri}|{guid:N}")]
                public static void Plan(DateTimeOffset at, DateTimeOffset? maybe, DateOnly day, TimeOnly time, TimeSpan span, bool flag, Uri uri, Guid guid) { }
                [Job(Key = "v:{item.Id}"), Batch]
                public static void Ingest(Order[] orders) { }
                [Job]
                public static void Plain(int id) { }
            }

            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static Task Send(IServiceProvider services)
                {
                    Add(new OrderJobsClient.ShipArgs(-7, 1.50m, Kind.Large, new Order(3, null)));
                    Add(new OrderJobsClient.ShipArgs(7, 1000m, default, new Order(3, new Customer("Ä"))));
                    Add(new OrderJobsClient.ShipArgs(7, 1000m, default, null!));
                    var at = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.FromHours(2));
                    Add(new OrderJobsClient.PlanArgs(at, null, new DateOnly(2026, 11, 22), new TimeOnly(7, 5), TimeSpan.FromDays(1), true, new Uri("https://a.b/%20c"), Guid.Empty));
                    Add(new OrderJobsClient.PlanArgs(at.ToOffset(TimeSpan.Zero), at, new DateOnly(2026, 11, 22), new TimeOnly(7, 5), TimeSpan.FromDays(1), true, null!, Guid.Empty));
                    Add(new OrderJobsClient.IngestArgs(new Order(9, null)));
                    Log.Add(Jobs.Definitions.JobDefinition.Of<OrderJobsClient.PlainArgs>().KeyOf(new OrderJobsClient.PlainArgs(1)) ?? "none");
                    return Task.CompletedTask;
                }
                private static void Add<T>(T args) where T : Jobs.Definitions.IJobArgs<T> => Log.Add(Jobs.Definitions.JobDefinition.Of<T>().KeyOf(in args)!);
            }
            """);
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("fa-IR") { NumberFormat = { NegativeSign = "minus", NumberDecimalSeparator = "," } };
        try
        {
            await jobs.CallAsync();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal(
            [
                """{"\a"}:-000007:1.50:20:3:""",
                """{"\a"}:000007:1000:0:3:Ä""",
                """{"\a"}:000007:1000:0::""",
                "2026-11-22T08:00:00.0000000Z||2026/11|07:05:00.0000000|1.00:00:00|True|https://a.b/%20c|00000000000000000000000000000000",
                "2026-11-22T08:00:00.0000000Z|2026-11-22T08:00:00.0000000Z|2026/11|07:05:00.0000000|1.00:00:00|True||00000000000000000000000000000000",
                "v:9",
                "none",
            ],
            jobs.Log);
        Assert.Equal("v:{item.Id}", jobs.Definition("order.ingest").KeyTemplate);
        Assert.Null(jobs.Definition("order.plain").KeyTemplate);
    }

    [Fact]
    public void The_policy_reaches_the_definition()
    {
        var jobs = LoadedJobs.Load("""
            public static class OrderJobs
            {
                [Job(Key = "a", OnConflict = KeyConflict.ReturnExisting)] public static void Ship() { }
                [Job(Key = "a")] public static void Plan() { }
            }
            public static class Scenario { public static readonly List<string> Log = new(); }
            """);

        Assert.Equal(KeyConflict.ReturnExisting, jobs.Definition("order.ship").Policy.OnConflict);
        Assert.Null(jobs.Definition("order.plan").Policy.OnConflict);
    }
}
