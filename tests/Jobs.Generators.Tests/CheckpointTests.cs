using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests;

/// <summary>What generated handlers save and read as checkpoints.</summary>
public sealed class CheckpointTests
{
    private const string Source = """
        public sealed record Position(int Page, List<string> Seen, Position? Before = null);

        public sealed class ImportJobs
        {
            [Job]
            public async Task Run(string file, JobCheckpoint<Position> checkpoint, CancellationToken token)
            {
                var at = checkpoint.TryGet(out var saved) ? saved : null;
                Scenario.Log.Add($"{file} from {at?.Page ?? 0}");
                await checkpoint.SaveAsync(new Position((at?.Page ?? 0) + 1, ["a"], at), token);
                Scenario.Log.Add($"saved {(checkpoint.TryGet(out var now) ? now.Page : -1)}");
            }

            [Job] public static async Task Skip(JobCheckpoint<int?> at) => await at.SaveAsync(at.TryGet(out var saved) && saved is null ? 7 : null);
        }

        public static class Scenario
        {
            public static readonly List<string> Log = new();
            public static async Task Send(IServiceProvider services) => await ((ImportJobsClient)services.GetService(typeof(ImportJobsClient))!).Run("orders.csv");
            public static async Task Skip(IServiceProvider services) => await ((ImportJobsClient)services.GetService(typeof(ImportJobsClient))!).Skip();
        }
        """;

    [Fact]
    public async Task A_job_saves_what_its_next_run_reads()
    {
        var jobs = LoadedJobs.Load(Source);
        var slot = new CheckpointText();
        await jobs.CallAsync();
        Assert.Equal("""{"file":"orders.csv"}""", jobs.Client.Jobs.Single().Json);

        await jobs.HandleAsync(checkpoint: slot);
        Assert.Equal("""{"page":1,"seen":["a"],"before":null}""", slot.Text);
        await jobs.HandleAsync(checkpoint: slot);

        Assert.Equal("""{"page":2,"seen":["a"],"before":{"page":1,"seen":["a"],"before":null}}""", slot.Text);
        Assert.Equal(["orders.csv from 0", "saved 1", "orders.csv from 1", "saved 2"], jobs.Log);
        Assert.True(jobs.Handler("import.run").UsesCheckpoint);
    }

    [Fact]
    public async Task A_null_is_a_checkpoint_too_where_the_type_has_one()
    {
        var jobs = LoadedJobs.Load(Source);
        var slot = new CheckpointText();
        await jobs.CallAsync("Skip");

        await jobs.HandleAsync(checkpoint: slot);
        Assert.Equal("null", slot.Text);
        await jobs.HandleAsync(checkpoint: slot);
        Assert.Equal("7", slot.Text);
    }

    [Theory]
    [InlineData("""{"page":"one","seen":[]}""", "page")]
    [InlineData("""{"seen":[]}""", "page")]
    [InlineData("""[1]""", "object")]
    [InlineData("""{"page":1,"seen":[""", "")]
    [InlineData("null", "")]
    public async Task What_is_of_another_shape_counts_as_absent(string saved, string reason)
    {
        var jobs = LoadedJobs.Load(Source);
        var slot = new CheckpointText(saved);
        await jobs.CallAsync();

        await jobs.HandleAsync(checkpoint: slot);

        Assert.Equal("orders.csv from 0", jobs.Log[0]);
        Assert.Contains(reason, slot.Dropped!, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("""{"page":1,"seen":["a"],"before":null}""", slot.Text);
    }

    [Fact]
    public async Task The_handler_of_a_contract_keeps_the_checkpoint_that_the_contract_declares()
    {
        var contracts = GeneratorRunner.Run("namespace Shop.Contracts; [JobContract] public interface IImportJobs { [Job] Task Run(JobCheckpoint<long> checkpoint); }", "Shop.Contracts.Checkpoints");
        var assembly = LoadedJobs.LoadAssembly(contracts);
        var jobs = LoadedJobs.Load(
            GeneratorRunner.Run(
                """
                using Shop.Contracts;

                [JobHandler] public sealed class ImportJobs : IImportJobs { public async Task Run(JobCheckpoint<long> checkpoint) => await checkpoint.SaveAsync(checkpoint.TryGet(out var at) ? at + 1 : 5); }

                public static class Scenario
                {
                    public static readonly List<string> Log = new();
                    public static async Task Send(IServiceProvider services) => await new ImportJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Run();
                }
                """,
                "Shop.Worker",
                contracts.ToReference()),
            assembly);
        var slot = new CheckpointText();
        await jobs.CallAsync();

        await jobs.HandleAsync(checkpoint: slot);
        await jobs.HandleAsync(checkpoint: slot);

        Assert.Equal("6", slot.Text);
    }
}
