using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>A program that runs a worker handles what it registers.</summary>
public sealed class UnhandledContractTests
{
    private const string Handler = "[JobHandler] public class Emails : Shop.IEmails { public void Send(int id) { } }";

    private static readonly MetadataReference Contracts = GeneratorRunner.Run("""
        namespace Shop;
        [JobContract] public interface IEmails { [Job] void Send(int id); }
        [JobContract] public interface INothing { void Send(int id); }
        """, "Shop.Contracts").ToReference();

    [Fact]
    public async Task It_fires_at_the_registration()
    {
        var diagnostic = Assert.Single(await AnalyzerRunner.RunOnCallsAsync(Program("jobs.AddContractsJobs().AddWorker()"), Contracts));
        Assert.Equal("JOBS037 AddContractsJobs", AnalyzerRunner.Describe(diagnostic));
        Assert.Contains("'Shop.IEmails'", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fires_for_a_contract_of_the_program() => Assert.Equal(
        ["JOBS037 AddShopJobs"],
        (await AnalyzerRunner.RunOnCallsAsync("[JobContract] public interface IWork { [Job] void Run(); }\n" + Program("jobs.AddWorker().AddShopJobs()"))).Select(AnalyzerRunner.Describe));

    [Theory]
    [InlineData("jobs.AddContractsJobs()")]
    [InlineData("jobs.AddWorker()")]
    public async Task A_producer_or_a_worker_without_the_contract_needs_no_handler(string calls) =>
        Assert.Empty(await AnalyzerRunner.RunOnCallsAsync(Program(calls), Contracts));

    [Fact]
    public async Task A_handler_in_the_program_is_found() =>
        Assert.Empty(await AnalyzerRunner.RunOnCallsAsync(Handler + Program("jobs.AddContractsJobs().AddShopJobs().AddWorker()"), Contracts));

    [Fact]
    public async Task A_handler_in_another_assembly_is_found()
    {
        var handlers = GeneratorRunner.Run($"namespace Handling {{ {Handler} }}", "Shop.Handlers", Contracts).ToReference();
        Assert.Empty(await AnalyzerRunner.RunOnCallsAsync(Program("jobs.AddContractsJobs().AddHandlersJobs().AddWorker()"), Contracts, handlers));
    }

    [Fact]
    public async Task A_library_is_left_alone() =>
        Assert.Empty(await AnalyzerRunner.AnalyzeAsync(GeneratorRunner.Compile(Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp14, Program("jobs.AddContractsJobs().AddWorker()"), "Host", Contracts)));

    private static string Program(string calls) => $"public static class Program {{ public static void Main() {{ }} public static void Add(IJobsBuilder jobs) => {calls}; }}";
}
