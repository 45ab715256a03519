using Jobs.Definitions;
using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests;

/// <summary>Contracts whose handlers are in another assembly, which knows of them only what was compiled.</summary>
public sealed class ContractTests
{
    private const string Contracts = """
        namespace Shop.Contracts;

        public sealed record PageView(string Url);

        [JobContract]
        public interface IEmailJobs
        {
            [Job("email.send", Queue = "critical")] Task SendAsync(Guid userId, string template = "v1", CancellationToken cancellationToken = default);
            [Job] ValueTask<int> Count(string mailbox);
            [Job, Batch] Task Track(IReadOnlyList<PageView> views);
            void NotAJob();
        }
        """;

    private const string Worker = """
        namespace Shop.Worker;

        using Shop.Contracts;

        [JobHandler]
        public sealed class EmailJobs : IEmailJobs
        {
            public Task SendAsync(Guid userId, string template, CancellationToken cancellationToken) { Scenario.Log.Add(template); return Task.CompletedTask; }
            ValueTask<int> IEmailJobs.Count(string mailbox) => new(mailbox.Length);
            public Task Track(IReadOnlyList<PageView> views) => Task.CompletedTask;
            public void NotAJob() { }
        }

        public static class Scenario
        {
            public static readonly List<string> Log = new();
        }
        """;

    [Fact]
    public void A_contract_has_a_client_and_definitions_but_no_handlers()
    {
        var result = GeneratorRunner.Run(Contracts, "Shop.Contracts");
        Assert.Contains("Shop.Contracts.EmailJobsClient.g.cs", result.Files.Keys);
        Assert.DoesNotContain("Handler", result.File("EmailJobsClient"), StringComparison.Ordinal);
        Assert.Contains("AddContractsJobs(", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_handles_what_another_assembly_declares()
    {
        var contracts = GeneratorRunner.Run(Contracts, "Shop.Contracts");
        var result = GeneratorRunner.Run(Worker, "Shop.Worker", contracts.ToReference());
        var text = result.File("EmailJobsGeneratedHandlers");
        Assert.Contains("JobHandler<global::Shop.Contracts.EmailJobsClient.SendArgs>", text, StringComparison.Ordinal);
        Assert.Contains("JobHandler<global::Shop.Contracts.EmailJobsClient.CountArgs, int>", text, StringComparison.Ordinal);
        Assert.Contains("BatchJobHandler<global::Shop.Contracts.EmailJobsClient.TrackArgs>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NotAJob", text, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Files.Keys, static f => f.Contains("Client", StringComparison.Ordinal));
    }

    [Fact]
    public void Its_definition_is_the_contracts_own()
    {
        var contracts = GeneratorRunner.Run(Contracts, "Shop.Contracts." + nameof(Its_definition_is_the_contracts_own));
        var assembly = LoadedJobs.LoadAssembly(contracts);
        var jobs = LoadedJobs.Load(GeneratorRunner.Run(Worker, "Shop.Worker", contracts.ToReference()), assembly);

        var args = assembly.GetType("Shop.Contracts.EmailJobsClient+SendArgs", throwOnError: true)!;
        var handler = jobs.Handler("email.send");
        Assert.Equal(args, handler.Definition.ArgsType);
        Assert.Equal("critical", handler.Definition.Queue);
        Assert.Equal("Shop.Worker.EmailJobs.SendAsync", handler.Location);
        Assert.Equal("Shop.Contracts.IEmailJobs.SendAsync", handler.Definition.Location);
        Assert.Equal("Shop.Worker.EmailJobs.Count", jobs.Handler("email.count").Location);
        Assert.IsType<BatchJobHandler>(jobs.Handler("email.track"), exactMatch: false);
        Assert.True(handler.UsesCancellation);
        Assert.Same(handler.Definition, jobs.Definition("email.send"));
    }

    [Fact]
    public void A_contract_and_its_handler_may_share_an_assembly()
    {
        var jobs = LoadedJobs.Load(Contracts.Replace("namespace Shop.Contracts;", "namespace Shop.Contracts {", StringComparison.Ordinal) + "}\n"
            + Worker.Replace("namespace Shop.Worker;", "namespace Shop.Worker {", StringComparison.Ordinal) + "}");
        Assert.Equal(3, jobs.Handlers.Count);
        Assert.Equal(3, jobs.Definitions.Count);
    }

    [Fact]
    public void Jobs_of_contracts_without_generated_args_are_left_out()
    {
        // As if the contract's assembly had been compiled without the generator.
        var contracts = GeneratorRunner.Compile(Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp14, Contracts, "Shop.Contracts");
        var result = GeneratorRunner.Run(Worker, "Shop.Worker", contracts.ToMetadataReference());
        Assert.Equal("JobsRegistration-all.g.cs", Assert.Single(result.Files.Keys));
    }
}
