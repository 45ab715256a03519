using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>Each rule fires at the right place, and is silent where its cure was taken.</summary>
public sealed class MisuseTests
{
    private const string Types = """
        public interface IMailer { }
        public abstract class Sender { }
        public sealed class Connection : IDisposable { public void Dispose() { } }
        public sealed record Order(int Id);
        public sealed record Upload(string Name, System.IO.Stream Body);
        public sealed class FromServicesAttribute : Attribute;
        """;

    [Theory]
    [InlineData("[Job] private static void Run() { }", "JOBS001 Run")]
    [InlineData("private static class Inner { [Job] public static void Run() { } }", "JOBS001 Run")]
    [InlineData("[Job] public static void Run<T>(T item) { }", "JOBS002 Run")]
    [InlineData("public class Inner<T> { [Job] public void Run() { } }", "JOBS002 Run")]
    [InlineData("public ref struct Inner { [Job] public void Run() { } }", "JOBS003 Run")]
    [InlineData("[JobContract] public interface IInner { [Job] static void Run() { } }", "JOBS003 Run")]
    [InlineData("[Job] public static async void Run() => await Task.Yield();", "JOBS004 void")]
    [InlineData("static int _x; [Job] public static ref int Run() => ref _x;", "JOBS004 ref int")]
    [InlineData("[Job] public static void Run(ref int count) { }", "JOBS005 count")]
    [InlineData("[Job] public static void Run(in int count) { }", "JOBS005 count")]
    [InlineData("[Job] public static void Run(out int count) => count = 0;", "JOBS005 count")]
    [InlineData("[Job] public static void Run(params ReadOnlySpan<int> ids) { }", "JOBS005 ids")]
    [InlineData("[Job] public static void Run(CancellationToken? token) { }", "JOBS005 token")]
    [InlineData("[Job] public static void Run(Action done) { }", "JOBS005 done")]
    [InlineData("[Job] public static void Run(System.IO.Stream body) { }", "JOBS005 body")]
    [InlineData("[Job] public static void Run(Type type) { }", "JOBS005 type")]
    [InlineData("[Job] public static void Run(object any) { }", "JOBS005 any")]
    [InlineData("[Job] public static void Run(Task task) { }", "JOBS005 task")]
    [InlineData("[Job] public static void Run(IAsyncEnumerable<int> items) { }", "JOBS005 items")]
    [InlineData("[Job] public static void Run(System.Linq.IQueryable<int> query) { }", "JOBS005 query")]
    [InlineData("[Job] public static void Run((int A, int B) pair) { }", "JOBS005 pair")]
    [InlineData("[Job] public static void Run(Connection connection) { }", "JOBS006 connection")]
    [InlineData("[Job] public static void Run(Sender sender) { }", "JOBS006 sender")]
    [InlineData("[Job] public static void Run(CancellationToken a, CancellationToken b) { }", "JOBS007 b")]
    [InlineData("[Job, Batch] public static void Run(Order order) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(int[] items) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static int Run(Order[] orders) => 1;", "JOBS008 Run")]
    [InlineData("[Job] public static void Run(JobBatch batch) { }", "JOBS008 Run")]
    [InlineData("[Batch] public static void Run(Order[] orders) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run() { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(List<Order> orders) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(IEnumerable<Order> orders) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(Order[,] orders) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(Order?[] orders) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(IMailer mailer, Order[] orders) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(Order[] orders, int more) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(Order[][] orders) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static void Run(DayOfWeek[] days) { }", "JOBS008 Run")]
    [InlineData("[Job, Batch] public static Task<int> Run(Order[] orders) => null!;", "JOBS008 Run")]
    [InlineData("[Job(\"send mail\")] public static void Run() { }", "JOBS009 \"send mail\"")]
    [InlineData("[Job(\"ok\", ArgsName = \"1st\")] public static void Run() { }", "JOBS009 ArgsName = \"1st\"")]
    [InlineData("[Job] public static void Grüße() { }", "JOBS009 Grüße")]
    [InlineData("[Job(Timeout = \"30\")] public static void Run() { }", "JOBS010 Timeout = \"30\"")]
    [InlineData("[Job(Backoff = \"-00:00:01\")] public static void Run() { }", "JOBS010 Backoff = \"-00:00:01\"")]
    [InlineData("[Job(MaxBackoff = \"60.00:00:00\")] public static void Run() { }", "JOBS010 MaxBackoff = \"60.00:00:00\"")]
    [InlineData("[Job(HardTimeoutGrace = \"\")] public static void Run() { }", "JOBS010 HardTimeoutGrace = \"\"")]
    [InlineData("[Job(MaxAttempts = 0)] public static void Run() { }", "JOBS010 MaxAttempts = 0")]
    [InlineData("[Job(MaxCrashes = -1)] public static void Run() { }", "JOBS010 MaxCrashes = -1")]
    [InlineData("[Job(Version = 0)] public static void Run() { }", "JOBS010 Version = 0")]
    [InlineData("[Job(Queue = \"a.b\")] public static void Run() { }", "JOBS010 Queue = \"a.b\"")]
    [InlineData("[Job, Batch(Size = 0)] public static void Run(Order[] orders) { }", "JOBS010 Size = 0")]
    [InlineData("[Job, Batch(Window = \"5\")] public static void Run(Order[] orders) { }", "JOBS010 Window = \"5\"")]
    [InlineData("[Job(Priority = (JobPriority)7)] public static void Run() { }", "JOBS010 Priority = (JobPriority)7")]
    [InlineData("[Job(Backoff = \"00:00:10\", MaxBackoff = \"00:00:05\")] public static void Run() { }", "JOBS010 Backoff = \"00:00:10\"")]
    [InlineData("[Job, Batch(Size = 100001)] public static void Run(Order[] orders) { }", "JOBS010 Size = 100001")]
    [InlineData("[Job, Batch(Window = \"1.00:00:01\")] public static void Run(Order[] orders) { }", "JOBS010 Window = \"1.00:00:01\"")]
    [InlineData("[Job(RetryOn = new[] { typeof(string) })] public static void Run() { }", "JOBS010 RetryOn = new[] { typeof(string) }")]
    [InlineData("public interface IInner { [Job] void Run(); }", "JOBS011 Run")]
    [InlineData("[Job] public static void Run(int equals) { }", "JOBS012 equals")]
    [InlineData("[Job] public static void Run() { } [Job(ArgsName = \"RunArgs\")] public static void Go() { }", "JOBS012 Go")]
    [InlineData("[JobClient(Name = \"Order\")] public static class Inner { [Job] public static void Run() { } }", "JOBS012 Inner")]
    [InlineData("[Job, Cron(\"0 25 * * *\")] public static void Run() { }", "JOBS038 \"0 25 * * *\"")]
    [InlineData("[Job, Cron(\"0 0 30 2 *\")] public static void Run() { }", "JOBS038 \"0 0 30 2 *\"")]
    [InlineData("[Job, Cron(\"* 0 7 * * *\")] public static void Run() { }", "JOBS038 \"* 0 7 * * *\"")]
    [InlineData("[Job, Cron(\"@daily\", Name = \"a b\")] public static void Run() { }", "JOBS038 Name = \"a b\"")]
    [InlineData("[Job, Every(\"5m\")] public static void Run() { }", "JOBS038 \"5m\"")]
    [InlineData("[Job, Every(\"30\")] public static void Run() { }", "JOBS038 \"30\"")]
    [InlineData("[Job, Every(\"00:00:00.5\")] public static void Run() { }", "JOBS038 \"00:00:00.5\"")]
    [InlineData("[Every(\"00:01:00\")] public static void Run() { }", "JOBS038 Run")]
    [InlineData("[Job, Cron(\"@daily\", TimeZone = \"CEST\")] public static void Run() { }", "JOBS039 TimeZone = \"CEST\"")]
    [InlineData("[Job, Every(\"00:01:00\")] public static void Run(Order order, int count = 1) { }", "JOBS040 Run")]
    [InlineData("[Job, Batch, Every(\"00:01:00\")] public static void Run(Order[] orders) { }", "JOBS040 Run")]
    [InlineData("[Job, Every(\"00:01:00\", Name = \"A\"), Every(\"00:02:00\", Name = \"a\")] public static void Run() { }", "JOBS041 Run")]
    [InlineData("[Job, Every(\"00:01:00\", Jitter = \"5\")] public static void Run() { }", "JOBS010 Jitter = \"5\"")]
    [InlineData("[Job, Every(\"00:01:00\", MaxMisfires = 0)] public static void Run() { }", "JOBS010 MaxMisfires = 0")]
    [InlineData("[Job, Every(\"00:01:00\", Overlap = (OverlapPolicy)9)] public static void Run() { }", "JOBS010 Overlap = (OverlapPolicy)9")]
    [InlineData("[Job] public static void Run(Upload upload) { }", "JOBS013 upload")]
    [InlineData("[Job] public static void Run(List<Upload> uploads) { }", "JOBS013 uploads")]
    [InlineData("[Job, Batch] public static void Run(Upload[] uploads) { }", "JOBS013 uploads")]
    [InlineData("[Job] public static Task<Upload> Run() => null!;", "JOBS014 Task<Upload>")]
    [InlineData("[Job] public static void Run(JobCheckpoint<Upload> at) { }", "JOBS053 at")]
    [InlineData("[Job] public static void Run(int id, JobCheckpoint<List<Upload>>? at = null) { }", "JOBS053 at")]
    [InlineData("[Job] public static void Run(JobCheckpoint<int> a, JobCheckpoint<string> b) { }", "JOBS007 b")]
    [InlineData("[Job, Batch] public static void Run(Order[] orders, JobCheckpoint<int> at) { }", "JOBS008 Run")]
    [InlineData("public sealed record Visit(Connection Connection); [Job] public static void Run(Visit visit) { }", "JOBS013 visit")]
    [InlineData("[Job] public static void Run(List<Connection> connections) { }", "JOBS013 connections")]
    [InlineData("[JobHandler] public class Handler : IMailer { }", "JOBS015 Handler")]
    [InlineData("[Job] public static void Run(int id) { } [Job] public static void Run(string id) { }", "JOBS017 Run")]
    [InlineData("[JobContract] public interface IInner { [Job] void Run(); int Count { get; } }", "JOBS019 Count")]
    [InlineData("[JobContract] public interface IInner { [Job] void Run() { } }", "JOBS019 Run")]
    [InlineData("[JobContract] public interface IInner { [Job] void Run(); event Action Done; }", "JOBS019 Done")]
    [InlineData("[JobContract] public interface IInner<T> { [Job] void Run(T item); }", "JOBS002 Run")]
    [InlineData("public static void Outer() { Local(); [Job] static void Local() { } }", "JOBS020 Job")]
    [InlineData("public static Action Outer() => [Job] () => { };", "JOBS020 Job")]
    [InlineData("public static int Count { [Job] get; }", "JOBS020 Job")]
    [InlineData("public class Inner { [Job] public static Inner operator +(Inner a, Inner b) => a; }", "JOBS020 Job")]
    [InlineData("public class Inner { [Job] public static implicit operator int(Inner a) => 1; }", "JOBS020 Job")]
    [InlineData("public class Inner { [Job] ~Inner() { } }", "JOBS020 Job")]
    [InlineData("[Job, System.Runtime.InteropServices.DllImport(\"x\")] public static extern void Run();", "JOBS020 Run")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(\"Missing\", 1)] public static ShopJobsClient.RunArgs Old(Order old) => new();", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [Job(\"b\", ArgsName = \"B\", Version = 2)] public static void Run(int id) { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old(Order old) => new();", "JOBS023 Old")]
    [InlineData("[Job] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old(Order old) => new();", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 0)] public static ShopJobsClient.RunArgs Old(Order old) => new();", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old(Order old) => new(); [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Twice(Order old) => new();", "JOBS023 Twice")]
    [InlineData("[Job(Version = 3)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static Order Old(Order old) => old;", "JOBS023 Old")]
    [InlineData("[Job(Version = 3)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static Order Old(Order old) => old; [JobUpcast(nameof(Run), 2)] public static ShopJobsClient.RunArgs Old2(Item old) => new(); public sealed record Item(int Id);", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static Order Old(Order old) => old;", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs? Old(Order old) => null;", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public ShopJobsClient.RunArgs Old(Order old) => new();", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] private static ShopJobsClient.RunArgs Old(Order old) => new();", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old<T>(T old) => new();", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old(Order old, int more) => new();", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old(int old) => new();", "JOBS023 Old")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old(Upload old) => new();", "JOBS023 Old")]
    [InlineData("[Job(Aliases = [\"not a name\"])] public static void Run() { }", "JOBS024 Aliases = [\"not a name\"]")]
    [InlineData("[Job(\"run\", Aliases = [\"run\"])] public static void Run() { }", "JOBS024 Aliases = [\"run\"]")]
    [InlineData("[Job(Aliases = [\"a\", \"a\"])] public static void Run() { }", "JOBS024 Aliases = [\"a\", \"a\"]")]
    [InlineData("[Job(Aliases = [null!])] public static void Run() { }", "JOBS024 Aliases = [null!]")]
    [InlineData("[Job(Timeout = \"12:00:00\")] public static void Run(CancellationToken token) { }", "JOBS030 Timeout = \"12:00:00\"")]
    [InlineData("[Job(Timeout = \"11:00:00\", HardTimeoutGrace = \"01:00:01\")] public static void Run(CancellationToken token) { }", "JOBS030 Timeout = \"11:00:00\"")]
    [InlineData("[Job(Timeout = \"00:00:30\")] public static void Run() { }", "JOBS032 Run")]
    [InlineData("[JobContract] public interface IInner { [Job(Timeout = \"00:00:30\")] void Run(); }", "JOBS032 Run")]
    [InlineData("[Job] public static void Run(DateTime at) { }", "JOBS033 at")]
    [InlineData("[Job] public static void Run(DateTime?[] times) { }", "JOBS033 times")]
    [InlineData("[Job] public static DateTime Run() => default;", "JOBS033 DateTime")]
    [InlineData("public sealed record Visit(DateTime At); [Job] public static void Run(Dictionary<string, Visit> visits) { }", "JOBS033 visits")]
    [InlineData("public sealed record Visit(DateTime At); [Job] public static Task<Visit> Run(int id) => null!;", "JOBS033 Task<Visit>")]
    [InlineData("public sealed record Visit(DateTime At); [Job, Batch] public static void Run(IReadOnlyList<Visit> visits) { }", "JOBS033 visits")]
    [InlineData("public sealed class Visit { public int Id; } [Job] public static void Run(Visit visit) { }", "JOBS034 visit")]
    [InlineData("public struct Visit { public readonly int Id; } [Job, Batch] public static void Run(Visit[] visits) { }", "JOBS034 visits")]
    [InlineData("public class Base { public int Id; } public sealed class Visit : Base; [Job] public static Visit Run() => new();", "JOBS034 Visit")]
    public async Task It_fires(string members, string expected) =>
        Assert.Equal(expected, AnalyzerRunner.Describe(Assert.Single(await AnalyzerRunner.RunAsync(InClass(members)))));

    [Theory]
    [InlineData("[Job] internal static void Run() { }")]
    [InlineData("internal static class Inner { [Job] public static void Run() { } }")]
    [InlineData("public static void Run<T>(T item) { } [Job] public static void Run(Order order) => Run<Order>(order);")]
    [InlineData("public struct Inner { [Job] public void Run() { } }")]
    [InlineData("[Job] public static async Task Run() => await Task.Yield();")]
    [InlineData("[Job] public static int Run() => 1;")]
    [InlineData("[Job] public static void Run(int count, params int[] ids) { }")]
    [InlineData("[Job] public static void Run(CancellationToken token = default) { }")]
    [InlineData("[Job] public static void Run([Service] Connection connection, [FromServices] Sender sender, IMailer mailer) { }")]
    [InlineData("[Job] public static void Run([Service] Func<int> count) { }")]
    [InlineData("[Job] public static void Run(JobContext context, CancellationToken token) { }")]
    [InlineData("[Job, Batch(Size = 1, Window = \"00:00:00\")] public static void Run(IReadOnlyList<Order> orders, JobBatch batch, CancellationToken token) { }")]
    [InlineData("[Job(\"send-mail_2.Now\", ArgsName = \"First\")] public static void Run() { }")]
    [InlineData("[Job(Queue = \"critical\", Backoff = \"00:00:00\", MaxBackoff = \"30.00:00:00\", HardTimeoutGrace = \"1.00:00:00\", MaxAttempts = 1000, MaxCrashes = 0, Version = 2)] public static void Run() { }")]
    [InlineData("[JobContract] public interface IInner { [Job] void Run(); void Other(); }")]
    [InlineData("[JobContract] public interface IInner { [Job] void Run(); } [JobHandler] public class Inner : IInner { public void Run() { } }")]
    [InlineData("public interface IInner { void Run(); } public class Inner : IInner { [Job] public void Run() { } }")]
    [InlineData("[Job] public static void Run(int @equal) { }")]
    [InlineData("[Job] public static void Run() { } [Job(ArgsName = \"OtherArgs\")] public static void Go() { }")]
    [InlineData("[JobClient(Name = \"OrderClient\")] public static class Inner { [Job] public static void Run() { } }")]
    [InlineData("[Job] public static Task<Order> Run(List<Order> orders, Dictionary<string, Order?> more) => null!;")]
    [InlineData("[Job] public static void Run(int id) { } [Job(\"other\", ArgsName = \"OtherArgs\")] public static void Run(string id) { }")]
    [InlineData("public static void Outer() { Local(); static void Local() { } }")]
    [InlineData("[Job(Version = 3)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static Order Old(Order old) => old; [JobUpcast(nameof(Run), 2)] internal static ShopJobsClient.RunArgs Old2(Order? old) => new();")]
    [InlineData("[Job(Version = 2), Batch] public static void Run(Order[] orders) { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old(Order old) => new(old);")]
    [InlineData("[Job(Version = 9)] public static void Run() { }")]
    [InlineData("[Job(\"run\", Aliases = [\"Run\", \"go\"])] public static void Run() { }")]
    [InlineData("[Job(Priority = JobPriority.High, Backoff = \"00:00:05\", MaxBackoff = \"00:00:05\")] public static void Run() { }")]
    [InlineData("public sealed record Visit([property: System.Text.Json.Serialization.JsonIgnore] Connection? Connection = null); [Job] public static void Run(Visit visit) { }")]
    [InlineData("[Job] public static void Run([Payload] Connection connection) { }")]
    [InlineData("[Job] public static void Run([Payload] Connection[] connections) { }")]
    [InlineData("[Job(Timeout = \"11:59:00\")] public static void Run(CancellationToken token) { }")]
    [InlineData("[Job(Timeout = \"00:00:30\")] public static void Run(JobContext context) { }")]
    [InlineData("[Job] public static void Run(DateTimeOffset at, DateOnly day, TimeOnly time, TimeSpan length) { }")]
    [InlineData("public static void Run(DateTime at) { }")]
    [InlineData("public sealed class Visit { [System.Text.Json.Serialization.JsonIgnore] public int Id; internal int Name; public const int A = 1; public static int B; } [Job] public static void Run(Visit visit) { }")]
    public async Task It_does_not_fire(string members) => Assert.Empty(await AnalyzerRunner.RunAsync(InClass(members)));

    [Theory]
    [InlineData("[Job] public static void Run(Missing item) { }")]
    [InlineData("[Job] public static Missing Run() => null!;")]
    [InlineData("[Job] public static void Run(List<Missing> items) { }")]
    [InlineData("[Job(Missing = 1)] public static void Run() { }")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static Missing Old(Order old) => null!;")]
    [InlineData("[Job(Version = 2)] public static void Run() { } [JobUpcast(nameof(Run), 1)] public static ShopJobsClient.RunArgs Old(Missing old) => new();")]
    public async Task What_the_compiler_tells_is_not_told_again(string members) => Assert.Empty(await AnalyzerRunner.RunAsync(InClass(members)));

    [Theory]
    [InlineData("[Job] public static void Run(Upload upload) { }", "'upload.Body' of type 'Stream' cannot be serialized", "[JsonIgnore]", "[Service]")]
    [InlineData("[Job] public static void Run(Connection connection) { }", "it is disposable", "[Service]", "[Payload]")]
    [InlineData("[Job] public static void Run(System.IO.Stream body) { }", "a stream cannot travel", "pass its key", "byte[]")]
    [InlineData("[Job(Timeout = \"30\")] public static void Run() { }", "Timeout cannot be '30'", "00:00:00.001", "30.00:00:00")]
    [InlineData("[Job] public static void Run(ref int x) { }", "passed by reference", "remove 'ref'")]
    public async Task The_message_says_the_cure(string members, params string[] parts)
    {
        var message = Assert.Single(await AnalyzerRunner.RunAsync(InClass(members))).GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_field_that_is_lost_is_named_beside_the_parameter()
    {
        var diagnostic = Assert.Single(await AnalyzerRunner.RunAsync(InClass("public sealed class Visit { public int Id; } [Job] public static void Run(Visit visit) { }")));
        Assert.StartsWith("'visit.Id' is a field", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal("Id", AnalyzerRunner.TextAt(Assert.Single(diagnostic.AdditionalLocations)));
    }

    [Fact]
    public async Task An_unserializable_property_is_named_beside_the_parameter()
    {
        var diagnostic = Assert.Single(await AnalyzerRunner.RunAsync(InClass("[Job] public static void Run(Upload upload) { }")));
        var related = Assert.Single(diagnostic.AdditionalLocations);
        Assert.Equal("Body", AnalyzerRunner.TextAt(related));
    }

    private static string InClass(string members) => $$"""
        {{Types}}
        public partial class ShopJobs { {{members}} }
        """;
}
