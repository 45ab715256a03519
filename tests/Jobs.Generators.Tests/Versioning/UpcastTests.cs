using System.Text;
using Jobs.Definitions;
using Jobs.Generators.Tests.Harness;
using Jobs.Messages;

namespace Jobs.Generators.Tests.Versioning;

/// <summary>What the chain of upcasts is made of, beyond the golden file; what it does in a worker is tested with the worker.</summary>
public sealed class UpcastTests
{
    private const string Types = """
        public sealed record V1(int A);
        public sealed record V2(int B);
        """;

    [Theory]
    [InlineData("[JobUpcast(nameof(Run), 1)] public static V2 A(V1 old) => new(old.A); [JobUpcast(nameof(Run), 2)] public static ShopJobsClient.RunArgs B(V2 old) => new(old.B);", 1)]
    [InlineData("[JobUpcast(nameof(Run), 2)] public static ShopJobsClient.RunArgs B(V2 old) => new(old.B);", 2)]
    [InlineData("[JobUpcast(nameof(Run), 2)] public static ShopJobsClient.RunArgs B(V2 old) => new(old.B); [JobUpcast(nameof(Run), 1)] public static string A(V1 old) => \"\";", 2)]
    [InlineData("[JobUpcast(nameof(Run), 1)] public static V2 A(V1 old) => new(old.A);", 3)]
    [InlineData("", 3)]
    public void The_oldest_version_is_the_first_of_the_whole_chain(string members, int oldest)
    {
        var definition = LoadedJobs.Load(Source(members)).Definition("run");
        Assert.Equal((oldest, 3), (definition.OldestVersion, definition.Version));
    }

    [Fact]
    public void Types_of_several_versions_may_share_what_they_hold()
    {
        var jobs = LoadedJobs.Load("""
            public sealed record Line(int Id, List<Line> More);
            public sealed record V1(List<Line> Lines);
            public sealed record V2(List<Line> Lines, Line First);
            public static class ShopJobs
            {
                [Job("run", Version = 3)] public static void Run(Line line, int count) { }
                [JobUpcast(nameof(Run), 1)] public static V2 A(V1 old) => new(old.Lines, old.Lines[0]);
                [JobUpcast(nameof(Run), 2)] internal static ShopJobsClient.RunArgs B(V2 old) => new(old.First, old.Lines.Count);
            }
            """);
        Assert.Equal("""{"line":{"id":7,"more":[]},"count":1}""", Rewrite(jobs.Definition("run"), 1, """{"lines":[{"id":7,"more":[]}]}"""));
    }

    [Fact]
    public void A_contract_holds_its_own_upcasts()
    {
        var contracts = GeneratorRunner.Run(
            """
            namespace Shop.Contracts;
            public sealed record SendV1(string To);
            [JobContract]
            public interface IMailJobs
            {
                [Job("mail.send", Version = 2, Aliases = ["mail.post"])] Task Send(string to, int count);
                [JobUpcast(nameof(Send), 1)] static MailJobsClient.SendArgs FromV1(SendV1 old) => new(old.To, 1);
            }
            """,
            "Shop.Contracts." + nameof(A_contract_holds_its_own_upcasts));
        var assembly = LoadedJobs.LoadAssembly(contracts);
        var worker = GeneratorRunner.Run(
            """
            namespace Shop.Worker;
            [JobHandler] public sealed class MailJobs : Shop.Contracts.IMailJobs { public Task Send(string to, int count) => Task.CompletedTask; }
            """,
            "Shop.Worker",
            contracts.ToReference());
        var definition = LoadedJobs.Load(worker, assembly).Handler("mail.send").Definition;
        Assert.Equal("""{"to":"a","count":1}""", Rewrite(definition, 1, """{"to":"a"}"""));
        Assert.Equal(["mail.post"], definition.Aliases);
    }

    [Theory]
    [InlineData(1, "of version 1, not 2 to 3")]
    [InlineData(4, "of version 4, not 2 to 3")]
    public void A_version_outside_the_chain_is_refused(int version, string message)
    {
        var jobs = LoadedJobs.Load(Source("[JobUpcast(nameof(Run), 2)] public static ShopJobsClient.RunArgs B(V2 old) => new(old.B);"));
        var error = Assert.Throws<JobPayloadException>(() => Rewrite(jobs.Definition("run"), version, """{"a":1,"b":1,"count":1}"""));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static string Source(string members) => $$"""
        {{Types}}
        public static class ShopJobs
        {
            [Job("run", Version = 3)] public static void Run(int count) { }
            {{members}}
        }
        """;

    // The payload as the definition would write what it has read.
    private static string Rewrite(JobDefinition definition, int version, string json)
    {
        var document = $$"""{"specversion":"1.0","id":"1","source":"/","type":"{{definition.Name}}","jobversion":{{version}},"data":{{json}}}""";
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        definition.Decode(JobMessage.FromBytes(Encoding.UTF8.GetBytes(document))).WriteTo(output);
        return System.Text.Json.JsonDocument.Parse(output.WrittenMemory).RootElement.GetProperty("data").GetRawText();
    }
}
