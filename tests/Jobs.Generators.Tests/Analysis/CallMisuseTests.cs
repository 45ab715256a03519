using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>What is wrong with calls of what is generated.</summary>
public sealed class CallMisuseTests
{
    private const string Types = """
        public record Order(int Id);
        public record GiftOrder(int Id, string Text) : Order(Id);
        public record SameOrder(int Id) : Order(Id);
        public static class ShopJobs
        {
            [Job] public static void Ship(Order order) { }
            [Job] public static void ShipAll(List<Order> orders) { }
            [Job, Batch] public static void Pack(IReadOnlyList<Order> orders) { }
            [Job] public static int Count(string shop) => 1;
        }

        """;

    [Theory]
    [InlineData("void Run(ShopJobsClient shop) => shop.Count(\"\");", "JOBS031 shop.Count(\"\")")]
    [InlineData("void Run(ShopJobsClient shop) { shop.Ship(new(1)); }", "JOBS031 shop.Ship(new(1))")]
    [InlineData("async Task Run(ShopJobsClient shop) { await Task.Yield(); shop.Ship(new(1)); }", "JOBS031 shop.Ship(new(1))")]
    [InlineData("void Run(ShopJobsClient? shop) { shop?.Ship(new(1)); }", "JOBS031 shop?.Ship(new(1))")]
    [InlineData("void Run(ShopJobsClient shop) { shop.Ship(new(1)).AsTask(); }", "JOBS031 shop.Ship(new(1)).AsTask()")]
    [InlineData("void Run(ShopJobsClient shop, List<Order> orders) => orders.ForEach(order => shop.Ship(order));", "JOBS031 shop.Ship(order)")]
    [InlineData("void Run(IJobClient jobs) { jobs.ShopJobs.Ship(new(1)); }", "JOBS031 jobs.ShopJobs.Ship(new(1))")]
    [InlineData("void Run(IJobClient jobs) { jobs.EnqueueAsync(new ShopJobsClient.ShipArgs(new(1))); }", "JOBS031 jobs.EnqueueAsync(new ShopJobsClient.ShipArgs(new(1)))")]
    [InlineData("void Run(IJobClient jobs) { jobs.EnqueueManyAsync(new ShopJobsClient.ShipArgs[1]); }", "JOBS031 jobs.EnqueueManyAsync(new ShopJobsClient.ShipArgs[1])")]
    [InlineData("void Run(JobHandle<int> handle) { handle.ResultAsync(); }", "JOBS031 handle.ResultAsync()")]
    public async Task A_call_that_nobody_awaits(string members, string expected) => Assert.Equal([expected], await FindAsync(members));

    [Theory]
    [InlineData("async Task Run(ShopJobsClient shop) => await shop.Ship(new(1));")]
    [InlineData("async Task Run(ShopJobsClient shop) { JobHandle<int> handle = await shop.Count(\"\"); await handle.ResultAsync(); }")]
    [InlineData("ValueTask<JobHandle> Run(ShopJobsClient shop) => shop.Ship(new(1));")]
    [InlineData("void Run(ShopJobsClient shop) => _ = shop.Ship(new(1));")]
    [InlineData("Task Run(ShopJobsClient shop, List<Order> orders) => Task.WhenAll(orders.ConvertAll(order => shop.Ship(order).AsTask()));")]
    [InlineData("void Run(ShopJobsClient shop) => shop.Ship(new(1)).AsTask().Wait();")]
    [InlineData("void Run(Order order) => ShopJobs.Ship(order);")]
    public async Task A_call_that_somebody_awaits(string members) => Assert.Empty(await FindAsync(members));

    [Theory]
    [InlineData("await shop.Ship(new GiftOrder(1, \"\"));", "JOBS035 new GiftOrder(1, \"\")")]
    [InlineData("await shop.Ship(order: gift);", "JOBS035 gift")]
    [InlineData("await shop.Pack(gift);", "JOBS035 gift")]
    [InlineData("await jobs.EnqueueAsync(new ShopJobsClient.ShipArgs(gift));", "JOBS035 gift")]
    public async Task A_derived_payload(string call, string expected) => Assert.Equal([expected], await FindAsync(InMethod(call)));

    [Theory]
    [InlineData("await shop.Ship(new Order(1));")]
    [InlineData("await shop.Ship((Order)gift);")]
    [InlineData("await shop.Ship(new SameOrder(1));")]
    [InlineData("await shop.ShipAll([gift]);")]
    [InlineData("ShopJobs.Ship(gift);")]
    public async Task A_payload_that_travels_whole_or_is_cut_on_purpose(string call) => Assert.Empty(await FindAsync(InMethod(call)));

    [Fact]
    public async Task A_type_that_System_Text_Json_writes_is_its_own_affair() => Assert.Empty(await AnalyzerRunner.RunOnCallsAsync("""
        using System.Text.Json.Serialization;
        [JsonDerivedType(typeof(Circle))] public record Figure;
        public record Circle(int Radius) : Figure;
        [JsonSerializable(typeof(Figure))] public abstract class ShopJson() : JsonSerializerContext(null);
        public static class DrawJobs
        {
            [Job, JobJsonContext(typeof(ShopJson))] public static void Draw(Figure figure) { }
            public static async Task Main(DrawJobsClient jobs) => await jobs.Draw(new Circle(1));
        }
        """));

    [Theory]
    [InlineData("{ shop.Ship(new(1)); }", null)]
    [InlineData("{ shop?.Ship(new(1)); }", null, "async ")]
    [InlineData("{ /* now */ shop.Ship(new(1)); // then\n }", "{ /* now */ await shop.Ship(new(1)); // then\n }", "async ")]
    [InlineData("{ Action<Order> ship = order => shop.Ship(order); ship(new(1)); }", null, "async ")]
    [InlineData("{ Action<Order> ship = async order => shop.Ship(order); ship(new(1)); }", "{ Action<Order> ship = async order => await shop.Ship(order); ship(new(1)); }")]
    [InlineData("=> shop.Ship(new(1));", "=> await shop.Ship(new(1));", "async ")]
    public async Task It_is_awaited_where_that_is_all_that_changes(string before, string? after, string modifier = "")
    {
        string Source(string body) => $"using System;\nusing System.Collections.Generic;\nusing Jobs;\n{Types}public class Caller {{ {modifier}void Run(ShopJobsClient shop) {body} }}";
        Assert.Equal(after is null ? null : Source(after), await CodeFixRunner.FixAsync(new CodeFixes.AwaitFix(), "JOBS031", Source(before)));
    }

    private static string InMethod(string statement) => $"async Task Run(ShopJobsClient shop, IJobClient jobs, GiftOrder gift) {{ {statement} await Task.Yield(); }}";

    private static async Task<IEnumerable<string>> FindAsync(string members) =>
        (await AnalyzerRunner.RunOnCallsAsync($"{Types}public class Caller {{ {members} static void Main() {{ }} }}")).Select(AnalyzerRunner.Describe);
}
