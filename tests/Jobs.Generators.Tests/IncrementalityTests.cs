using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests;

/// <summary>What an edit re-runs. That an edit elsewhere re-runs nothing is asserted by <see cref="GeneratorRunner"/> for every test.</summary>
public sealed class IncrementalityTests
{
    private const string Source = """
        namespace Shop;

        public class EmailJobs
        {
            [Job] public Task SendWelcome(string address, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public class OrderJobs
        {
            [Job] public static int Count(int id) => id;
        }

        [JobContract]
        public interface IMailJobs
        {
            [Job] Task Sort(string box);
        }

        [JobHandler]
        public class MailJobs : IMailJobs
        {
            public Task Sort(string box) => Task.CompletedTask;
        }
        """;

    [Fact]
    public void Every_stage_has_a_name_that_is_tracked()
    {
        var result = Edit(static source => source).GetRunResult().Results.Single();
        Assert.Empty(TrackingNameList.All.Except(result.TrackedSteps.Keys));
    }

    [Fact]
    public void An_edit_in_a_body_of_the_same_file_generates_nothing_anew() =>
        GeneratorRunner.AssertCached(Edit(static source => source.Replace("=> id;", "=> id + 1;", StringComparison.Ordinal)));

    [Fact]
    public void A_new_line_above_the_jobs_generates_nothing_anew() =>
        GeneratorRunner.AssertCached(Edit(static source => source.Replace("namespace Shop;", "namespace Shop;\n\n// A comment.\n", StringComparison.Ordinal)));

    [Fact]
    public void A_new_parameter_generates_its_own_file_anew_and_no_other()
    {
        var driver = Edit(static source => source.Replace("Count(int id)", "Count(int id, string name)", StringComparison.Ordinal));
        var outputs = driver.GetRunResult().Results.Single().TrackedOutputSteps
            .SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).Select(static o => o.Reason).ToList();
        Assert.Equal(1, outputs.Count(static r => r == IncrementalStepRunReason.Modified));
        Assert.All(outputs.Where(static r => r != IncrementalStepRunReason.Modified), static r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Fact]
    public void A_new_job_is_registered()
    {
        var driver = Edit(static source => source.Replace("public class EmailJobs", "public class MoreJobs { [Job] public static void Run() { } } public class EmailJobs", StringComparison.Ordinal));
        Assert.Contains(driver.GetRunResult().GeneratedTrees, static t => t.ToString().Contains("global::Shop.MoreJobsClient.Register(jobs);", StringComparison.Ordinal));
    }

    [Fact]
    public void A_change_of_a_payload_type_generates_the_serializer_anew()
    {
        const string Order = "namespace Shop; public record Order(int Id);";
        const string Jobs = "namespace Shop; public static class OrderJobs { [Job] public static void Place(Order order) { } }";
        var compilation = GeneratorRunner.Compile(LanguageVersion.CSharp14, Jobs, "Shop");
        var order = GeneratorRunner.Parse(LanguageVersion.CSharp14, Order, "Order.cs");
        var edited = GeneratorRunner.Parse(LanguageVersion.CSharp14, Order.Replace("int Id", "int Id, string Name", StringComparison.Ordinal), "Order.cs");
        var driver = GeneratorRunner.RunTwice(compilation.AddSyntaxTrees(order), compilation.AddSyntaxTrees(edited));
        Assert.Contains(driver.GetRunResult().GeneratedTrees, static t => t.ToString().Contains("\"name\"", StringComparison.Ordinal));
    }

    private static GeneratorDriver Edit(Func<string, string> edit)
    {
        var compilation = GeneratorRunner.Compile(LanguageVersion.CSharp14, Source, "Shop");
        var tree = compilation.SyntaxTrees.Single(static t => t.FilePath == "Source.cs");
        var edited = GeneratorRunner.Parse(LanguageVersion.CSharp14, edit(Source), "Source.cs");
        return GeneratorRunner.RunTwice(compilation, compilation.ReplaceSyntaxTree(tree, edited));
    }
}
