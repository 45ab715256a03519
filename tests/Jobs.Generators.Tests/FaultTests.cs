using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests;

/// <summary>Source that is wrong, or half typed. The generator never throws, and what is right is still generated.</summary>
public sealed class FaultTests
{
    private const string Good = "[Job] public static void Good(int id) { }";

    [Theory]
    [InlineData("[Job] private static void Bad() { }")]
    [InlineData("[Job] public static void Bad<T>(T x) { }")]
    [InlineData("[Job] public static void Bad(ref int x) { }")]
    [InlineData("[Job] public static void Bad(System.IO.Stream x) { }")]
    [InlineData("[Job] public static void Bad(Missing x) { }")]
    [InlineData("[Job] public static Missing Bad() => null!;")]
    [InlineData("[Job] public static async void Bad() { }")]
    [InlineData("[Job(\"no name\")] public static void Bad() { }")]
    [InlineData("[Job(1)] public static void Bad() { }")]
    [InlineData("[Job(RetryOn = new[] { typeof(Missing) })] public static void Bad() { }")]
    [InlineData("[Job, Batch] public static void Bad(int x) { }")]
    [InlineData("[Job] public static void Good(int id) { }")]
    [InlineData("[Job] public static void Good(string id) { }")]
    [InlineData("[Job] public static void GoodArgs() { }")]
    [InlineData("[Job] public static void TestJobsClient() { }")]
    [InlineData("[Job(ArgsName = \"GoodArgs\")] public static void Bad() { }")]
    [InlineData("[Job] public static void Bad(")]
    [InlineData("[Job] public static")]
    [InlineData("[Job")]
    public void A_bad_job_does_not_take_the_others_along(string bad)
    {
        var files = GeneratorRunner.RunOnBroken($$"""
            public static class TestJobs
            {
                {{Good}}
                {{bad}}
            }
            public static class OtherJobs { [Job] public static void Run() { } }
            """);
        Assert.Contains("AddDefinition(GoodDefinition.Instance)", files["TestJobsClient.g.cs"], StringComparison.Ordinal);
        Assert.Contains("TestJobsClient.Register", files["JobsRegistration-all.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Two_types_with_one_client_leave_the_first()
    {
        var files = GeneratorRunner.RunOnBroken("""
            public static class OuterEmailJobs { [Job("a")] public static void A() { } }
            public static class Outer { public static class EmailJobs { [Job("b")] public static void B() { } } }
            """);
        Assert.Contains("ADefinition", files["OuterEmailJobsClient.g.cs"], StringComparison.Ordinal);
        Assert.DoesNotContain("BDefinition", files["OuterEmailJobsClient.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Collisions_end_with_names_of_ones_own()
    {
        var result = GeneratorRunner.Run("""
            public static class OuterEmailJobs
            {
                [Job("a")] public static void A(int x) { }
                [Job("b", ArgsName = "OtherArgs")] public static void A(string x) { }
            }
            public static class Outer { [JobClient(Name = "MailClient")] public static class EmailJobs { [Job("c")] public static void C() { } } }
            """);
        Assert.NotNull(result.Type("OuterEmailJobsClient+OtherArgs"));
        Assert.NotNull(result.Type("MailClient+CArgs"));
        Assert.Contains("public MailClient Mail =>", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Registration_stays_where_the_only_job_is_wrong() =>
        Assert.Contains("AddShopJobs", GeneratorRunner.RunOnBroken("public class TestJobs { [Job] private void Bad() { } }").Values.Single(), StringComparison.Ordinal);

    [Fact]
    public void An_assembly_without_jobs_gets_nothing() => Assert.Empty(GeneratorRunner.RunOnBroken("public class Plain;"));

    [Fact]
    public void Half_typed_source_never_throws()
    {
        const string Source = """
            namespace Shop;
            /// <summary>Sends <see cref="X"/> &amp; <b>.</summary>
            [FailureRule(typeof(int), FailureStrategy.Invalid), JobClient(Name = "C")]
            public class EmailJobs(IMailer mailer, int x = 3)
            {
                [Job("email.send", Queue = "q", MaxAttempts = 5, Timeout = "00:00:30", RetryOn = new[] { typeof(Exception) })]
                public async Task<List<Dictionary<string, int?>>> Send(Guid id, [FromKeyedServices("k")] IMailer m, string text = "a", params int[] rest) => null!;
                [Job, Batch(Size = 3)] public void Run(IReadOnlyList<Item> items, JobBatch batch, CancellationToken token = default) { }
            }
            public record Item(string? Name, Item[] Children) { public required int Size { get; init; } = 7; }
            public interface IMailer { }
            [JobContract] public interface IWork { [Job] ValueTask<Item> Do(Item item, DateOnly day = default); }
            [JobHandler] public class Work : IWork { public ValueTask<Item> Do(Item item, DateOnly day) => default; }
            """;
        for (var length = 0; length < Source.Length; length += 7)
        {
            GeneratorRunner.RunOnBroken(Source[..length]);
            GeneratorRunner.RunOnBroken(Source.Remove(length, Math.Min(7, Source.Length - length)));
        }
    }

    [Fact]
    public void Odd_but_right_source_compiles()
    {
        GeneratorRunner.Run("""
            #nullable disable
            public class OldOrder { public string Name { get; set; } }
            public class OldJobs
            {
                [Obsolete("old")] [Job] public Task<string> Run(string text, OldOrder order, string other = null) => Task.FromResult(text);
                #nullable enable
                [Job] public void Forced(string text = null!) { }
                #nullable disable
                /// <summary>Takes <paramref name="mailer"/>.</summary>
                [Job] public void Documented(IComparable mailer) { }
                [Job] protected internal void Shared(params string[] tags) { }
                [Job] internal void Hidden(Secret secret) { }
            }
            internal class Secret { public int Id { get; set; } }
            public abstract class BaseJobs { [Job] public abstract Task Do(int id); }
            public sealed class Needy { public required string Name { get; init; } [Job] public void Use() { } }
            public partial class PartJobs { [Job] public partial void Do(int id); }
            public partial class PartJobs { public partial void Do(int id) { } [Job] public void More() { } }
            public record RecordJobs(TimeProvider Time) { [Job] public void Do() { } }
            """);
    }
}
