using Jobs.Generators.Analysis;
using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>One project with every misuse: exactly the expected is told, and every good job beside it is generated.</summary>
public sealed class EveryMisuseTests
{
    // A comment names what the line above it must be told, in the order of the source.
    private const string Source = """
        public sealed class Connection : IDisposable { public void Dispose() { } }
        public sealed record Upload(string Name, System.IO.Stream Body);
        public sealed record Item(int Id);
        public sealed class Visit { public string? Url; }

        public partial class ShopJobs
        {
            [Job] public static void Good(int id) { }
            [Job] private static void Hidden() { } // JOBS001 Hidden
            [Job] public static void Generic<T>(T item) { } // JOBS002 Generic
            [Job] public static async void Forgotten() => await Task.Yield(); // JOBS004 void
            [Job] public static void ByReference(ref int id) { } // JOBS005 id
            [Job] public static void Streams(System.IO.Stream body) { } // JOBS005 body
            [Job] public static void MaybeToken(CancellationToken? token) { } // JOBS005 token
            [Job] public static void Connects(Connection connection) { } // JOBS006 connection
            [Job] public static void Twice(JobContext a, JobContext b) { } // JOBS007 b
            [Job, Batch] public static void Lonely(Item item) { } // JOBS008 Lonely
            [Job("not a name")] public static void BadName() { } // JOBS009 "not a name"
            [Job(Timeout = "30")] public static void GoodBesideASetting() { } // JOBS010 Timeout = "30"
            [Job] public static void Colliding(int getHashCode) { } // JOBS012 getHashCode
            [Job("shop.args", ArgsName = "GoodArgs")] public static void SameArgs() { } // JOBS012 SameArgs
            [Job] public static void Uploads(Upload upload) { } // JOBS013 upload
            [Job] public static Task<Upload> Downloads() => null!; // JOBS014 Task<Upload>
            [Job("shop.same")] public static void GoodFirst() { } // JOBS016 GoodFirst
            [Job("shop.Same")] public static void GoodSecond() { } // JOBS016 GoodSecond
            [Job] public static void Good(string id) { } // JOBS017 Good
            [Job(Version = 2)] public static void GoodBesideAnUpcast() { }
            [JobUpcast(nameof(GoodBesideAnUpcast), 2)] public static ShopJobsClient.GoodBesideAnUpcastArgs FromV2(Item old) => new(); // JOBS023 FromV2
            [Job(Aliases = [""])] public static void GoodBesideAnAlias() { } // JOBS024 Aliases = [""]
            public static void Outer() { Local(); [Job] static void Local() { } } // JOBS020 Job
            [Job(Timeout = "13:00:00")] public static void GoodLong(CancellationToken token) { } // JOBS030 Timeout = "13:00:00"
            [Job(Timeout = "00:00:30")] public static void GoodDeaf() { } // JOBS032 GoodDeaf
            [Job] public static void GoodDate(DateTime at) { } // JOBS033 at
            [Job] public static void GoodVisit(Visit visit) { } // JOBS034 visit
            [Job, Cron("61 * * * *")] public static void GoodUntimed() { } // JOBS038 "61 * * * *"
            [Job, Cron("@daily", TimeZone = "Europe/Viena")] public static void GoodNowhere() { } // JOBS039 TimeZone = "Europe/Viena"
            [Job, Every("00:05:00")] public static void GoodArgless(int days) { } // JOBS040 GoodArgless
            [Job, Every("00:05:00"), Every("00:10:00")] public static void GoodTwins() { } // JOBS041 GoodTwins
            [Job, Cron("@weekly")] public static void GoodWeekly() { } // JOBS042 "@weekly"
            [Job(Key = "a:{id")] public static void GoodButUnlocked(int id) { } // JOBS043 Key = "a:{id"
            [Job(Key = "a:{Id}")] public static void GoodButNameless(int id) { } // JOBS044 Key = "a:{Id}"
            [Job(Key = "a:{rate}")] public static void GoodButInexact(double rate) { } // JOBS045 Key = "a:{rate}"
            [Idempotent] public static void Unemployed() { } // JOBS050 Unemployed
            [Job, Batch(Size = 10), Concurrency(2)] public static void GoodNarrow(IReadOnlyList<Item> items) { } // JOBS051 GoodNarrow
            [Job, Idempotent(Key = "same")] public static void GoodOnce(int id) { } // JOBS052 Key = "same"
            [Job(Key = "a:{item.Id}"), Batch(Size = 10)] public static void GoodBatch(IReadOnlyList<Item> items) { }
            [Job] public static void GoodResume(JobCheckpoint<Item> checkpoint) { }
            [Job] public static void Resumes(JobCheckpoint<Upload> checkpoint) { } // JOBS053 checkpoint
        }

        public ref struct Frame { [Job] public void Run() { } } // JOBS003 Run
        public interface INothing { [Job] void Run(); } // JOBS011 Run
        [JobHandler] public class Idle { } // JOBS015 Idle
        public static class OtherJobs { [Job] public static void GoodOther() { } }
        public static class Other { public static class Jobs { [global::Jobs.Job("x")] public static void Run() { } } } // JOBS018 Jobs
        [JobContract] public interface IWork { [Job] void GoodWork(int id); int Count { get; } } // JOBS019 Count
        [JobHandler] public class First : IWork { public void GoodWork(int id) { } public int Count => 1; } // JOBS022 First
        [JobHandler] public class Second : IWork { public void GoodWork(int id) { } public int Count => 2; } // JOBS022 Second
        [JobHandler] public class Far : IFar { public void Run() { } } // JOBS021 Far
        public record Order(int Id);
        public record GiftOrder(int Id, string Text) : Order(Id);

        public class OrderJobs([Service] OrderJobsClient orders)
        {
            [Job] public void GoodOrder(Order order) => Console.WriteLine(order);
            [Job] public async Task GoodPage(int page) => await orders.GoodPage(page + 1); // JOBS036 orders.GoodPage(page + 1)
            [Job] public async Task GoodUntil(int page) { if (page < 5) { await orders.GoodUntil(page + 1); } }
        }

        public static class Program
        {
            public static void Main() { }
            public static void Forget(OrderJobsClient orders) => orders.GoodPage(1); // JOBS031 orders.GoodPage(1)
            public static async Task Gift(OrderJobsClient orders) => await orders.GoodOrder(new GiftOrder(1, "Enjoy")); // JOBS035 new GiftOrder(1, "Enjoy")
            public static async Task Order(OrderJobsClient orders) => await orders.GoodOrder(new Order(1));
            public static void Add(IJobsBuilder jobs) => jobs.AddShopJobs().AddLostJobs().AddWorker(); // JOBS037 AddLostJobs
        }
        """;

    private static MetadataReference Lost { get; } = GeneratorRunner.Run("[JobContract] public interface ILost { [Job] void Run(); }", "Lost").ToReference();

    private static MetadataReference Contracts { get; } = GeneratorRunner.Compile(
        Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp14, "[JobContract] public interface IFar { [Job] void Run(); }", "Contracts").ToMetadataReference();

    [Fact]
    public async Task Exactly_the_expected_is_told()
    {
        var expected = Source.Split('\n').Select(static line => line.Split("// ")).Where(static p => p.Length == 2).Select(static p => p[1].Trim()).ToList();
        Assert.Equal(expected, (await AnalyzerRunner.RunOnCallsAsync(Source, Contracts, Lost)).Select(AnalyzerRunner.Describe));

        // Nothing new is added to the table without an instance here; what needs a file beside the source is tested with it.
        var known = AnalyzerRunner.Analyzers.Where(static a => a is not ShippedJobsAnalyzer).SelectMany(static a => a.SupportedDiagnostics).Select(static r => r.Id).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(known, expected.Select(static e => e.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Good_jobs_are_generated_and_bad_ones_are_not()
    {
        var text = string.Join("\n", GeneratorRunner.RunOnBroken(Source, Contracts, Lost).Values);
        Assert.All(
            ["Good", "GoodBesideASetting", "GoodBesideAnUpcast", "GoodBesideAnAlias", "GoodLong", "GoodDeaf", "GoodDate", "GoodVisit", "GoodUntimed", "GoodNowhere", "GoodArgless", "GoodTwins", "GoodWeekly", "GoodNarrow", "GoodOnce", "GoodFirst", "GoodSecond", "GoodBatch", "GoodResume", "GoodOther", "GoodWork",
             "GoodOrder", "GoodPage", "GoodUntil"],
            name => Assert.Contains($"class {name}Definition", text, StringComparison.Ordinal));
        Assert.All(
            ["Hidden", "Generic", "Forgotten", "ByReference", "Streams", "MaybeToken", "Connects", "Twice", "Lonely", "BadName", "Colliding", "SameArgs", "Uploads", "Downloads", "Resumes", "Local"],
            name => Assert.DoesNotContain($"class {name}Definition", text, StringComparison.Ordinal));
        Assert.Contains("AddShopJobs", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Malformed_code_never_makes_an_analyzer_throw()
    {
        // A fixed seed: where it fails once, it fails again.
        var random = new Random(20260);
        for (var i = 0; i < 60; i++)
        {
            var start = random.Next(Source.Length);
            var text = (i % 3) switch
            {
                0 => Source[..start],
                1 => Source.Remove(start, Math.Min(random.Next(1, 40), Source.Length - start)),
                _ => Source[start..],
            };
            await AnalyzerRunner.RunOnBrokenAsync(text);
        }
    }
}
