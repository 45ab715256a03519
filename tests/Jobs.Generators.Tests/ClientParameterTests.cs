using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests;

/// <summary>Jobs that enqueue through generated clients, which the generator cannot see: to it they are unknown types.</summary>
public sealed class ClientParameterTests
{
    private const string FileJobs = "public static class FileJobs { [Job] public static void Record(string path) { } }";

    [Fact]
    public async Task A_class_takes_its_own_client()
    {
        var jobs = LoadedJobs.Load("""
            namespace Shop
            {
                public sealed class FileJobs(FileJobsClient jobs)
                {
                    [Job] public async Task Read(string path) => await jobs.Record(path + "!");
                    [Job] public void Record(string path) => Scenario.Log.Add(path);
                }
            }

            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services) => await ((Shop.FileJobsClient)services.GetService(typeof(Shop.FileJobsClient))!).Read("a");
            }
            """);
        await jobs.CallAsync();
        await jobs.HandleAsync();
        await jobs.HandleAsync();
        Assert.Equal(["file.read", "file.record"], jobs.Client.Jobs.Select(static j => j.Definition.Name));
        Assert.Equal(["a!"], jobs.Log);

        var requirement = Assert.Single(jobs.Handler("file.read").Services.ToArray());
        Assert.Equal(jobs.Type("Shop.FileJobsClient"), requirement.Type);
        Assert.Equal("jobs", requirement.Parameter);
        Assert.Equal(jobs.Type("Shop.FileJobs"), requirement.UnlessRegistered);
    }

    [Theory]
    [InlineData("FileJobsClient files")]
    [InlineData("[Service] FileJobsClient files")]
    [InlineData("FileJobsClient? files")]
    [InlineData("FileJobsClient? files = null")]
    [InlineData("FileJobsClient files = null!")]
    [InlineData("[Microsoft.Extensions.DependencyInjection.FromKeyedServices(null)] FileJobsClient files")]
    public async Task A_method_takes_a_client(string parameter)
    {
        var jobs = LoadedJobs.Load($$"""
            namespace Shop
            {
                {{FileJobs}}
                public static class FolderJobs { [Job] public static async Task Walk(int id, {{parameter}}) => await files!.Record("a" + id); }
            }

            public static class Scenario
            {
                public static async Task Send(IServiceProvider services) => await ((Shop.FolderJobsClient)services.GetService(typeof(Shop.FolderJobsClient))!).Walk(7);
            }
            """);
        await jobs.CallAsync();
        await jobs.HandleAsync();
        Assert.Equal("""{"path":"a7"}""", jobs.Client.Jobs[^1].Json);
    }

    [Theory]
    [InlineData("", "", "Shop.Files.FileJobsClient")]
    [InlineData("", "", "Files.FileJobsClient")]
    [InlineData("", "", "global::Shop.Files.FileJobsClient")]
    [InlineData("using Shop.Files;", "", "FileJobsClient")]
    [InlineData("global using Shop.Files;", "", "FileJobsClient")]
    [InlineData("", "using Shop.Files;", "FileJobsClient")]
    [InlineData("", "using Files;", "FileJobsClient")]
    [InlineData("using Client = Shop.Files.FileJobsClient;", "", "Client")]
    [InlineData("global using Client = Shop.Files.FileJobsClient;", "", "Client")]
    [InlineData("using F = Shop.Files;", "", "F.FileJobsClient")]
    public void A_client_of_another_namespace(string fileUsing, string namespaceUsing, string type) =>
        AssertTakes("Shop.Files.FileJobsClient", $$"""
            {{fileUsing}}
            namespace Shop.Files { {{FileJobs}} }
            namespace Shop.Folders { {{namespaceUsing}} {{Users(type)}} }
            """);

    [Fact]
    public void A_file_has_usings_of_its_own()
    {
        var compilation = GeneratorRunner.Compile(LanguageVersion.CSharp14, $$"""
            namespace Files { {{FileJobs}} }
            namespace Shop { public partial class FolderJobs { [Job] public void Walk() { } } }
            """, "Shop");
        var part = GeneratorRunner.Parse(LanguageVersion.CSharp14, "using Files; namespace Shop; public partial class FolderJobs(FileJobsClient files) { public object All => files; }", "Part.cs");
        var driver = GeneratorRunner.RunTwice(compilation, compilation.AddSyntaxTrees(part));
        Assert.Contains(driver.GetRunResult().GeneratedTrees, static t => t.ToString().Contains("typeof(global::Files.FileJobsClient), \"files\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Shop.FileJobsClient", "namespace Shop { #J } namespace Shop.Folders { #U }")]
    [InlineData("FileJobsClient", "#J namespace Shop.Folders { #U }")]
    [InlineData("FileJobsClient", "#J #U")]
    [InlineData("@event.@class.FileJobsClient", "namespace @event.@class { #J } namespace Shop { using @event.@class; #U }")]
    public void A_client_of_an_outer_namespace(string expected, string source) =>
        AssertTakes(expected, source.Replace("#J", FileJobs, StringComparison.Ordinal).Replace("#U", Users("FileJobsClient"), StringComparison.Ordinal));

    [Theory]
    [InlineData("Shop.B.FileJobsClient", "namespace Shop { #J } namespace Shop.B { #J2 } namespace Shop.A { using Shop.B; #U }")]
    [InlineData("Shop.FileJobsClient", "using B; namespace B { #J } namespace Shop { #J2 } namespace Shop.A { #U }")]
    [InlineData("Shop.A.FileJobsClient", "namespace Shop.A { #J } namespace Shop.B { #J2 } namespace Shop.A { using Shop.B; #U }")]
    public void The_nearest_of_two_clients(string expected, string source) =>
        AssertTakes(expected, source
            .Replace("#J2", FileJobs.Replace("[Job]", "[Job(\"other\")]", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("#J", FileJobs, StringComparison.Ordinal)
            .Replace("#U", Users("FileJobsClient"), StringComparison.Ordinal));

    [Theory]
    [InlineData("Shop.OuterFileJobsClient", "public static class Outer { #J }")]
    [InlineData("Shop.FileQueue", "[JobClient(Name = \"FileQueue\")] #J")]
    [InlineData("Shop.@class", "[JobClient(Name = \"class\")] #J")]
    [InlineData("Shop.FilesClient", "[JobContract] public interface IFiles { [Job] Task Record(string path); }")]
    public void A_client_whose_name_is_not_that_of_a_class(string expected, string source) =>
        AssertTakes(expected, $$"""
            namespace Shop;
            {{source.Replace("#J", FileJobs, StringComparison.Ordinal)}}
            {{Users(expected["Shop.".Length..])}}
            """);

    [Fact]
    public void A_client_that_another_assembly_generated()
    {
        var files = GeneratorRunner.Run($"namespace Files; {FileJobs}", "Files");
        var result = GeneratorRunner.Run("namespace Shop; " + Users("Files.FileJobsClient"), "Shop", files.ToReference());
        Assert.Contains("GetRequiredService<global::Files.FileJobsClient>(services)", result.File("MethodJobs"), StringComparison.Ordinal);
        Assert.Contains("GetRequiredService<global::Files.FileJobsClient>(services)", result.File("ClassJobs"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_takes_clients()
    {
        var result = GeneratorRunner.Run("""
            namespace Shop;

            [JobContract]
            public interface IMailJobs
            {
                [Job] Task Sort(string box, [Service] MailJobsClient mail);
            }

            [JobHandler]
            public class MailHandler(MailJobsClient own) : IMailJobs
            {
                public async Task Sort(string box, MailJobsClient mail) => await (box == "" ? own : mail).Sort(box);
            }
            """);
        var text = result.File("MailHandlerGeneratedHandlers");
        Assert.Contains("typeof(global::Shop.MailJobsClient), \"mail\"", text, StringComparison.Ordinal);
        Assert.Contains("new global::Shop.MailHandler(global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<global::Shop.MailJobsClient>(services))", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_takes_a_client() => Assert.Contains("GetRequiredService<global::Shop.EventJobsClient>(services)", GeneratorRunner.Run("""
        namespace Shop;
        public sealed record View(string Url);
        public static class EventJobs { [Job, Batch] public static async Task Ingest(IReadOnlyList<View> views, EventJobsClient events) => await events.Ingest(views[0]); }
        """).Text, StringComparison.Ordinal);

    [Fact]
    public void Documentation_leads_back_to_the_method()
    {
        var result = GeneratorRunner.Run($$"""
            namespace Shop;
            {{FileJobs}}
            public static class FolderJobs
            {
                /// <summary>Enqueues <see cref="FileJobsClient.Record"/>.</summary>
                [Job] public static void Record(FileJobsClient files) { }
                [Job] public static void Walk(int id, FileJobsClient a, FileJobsClient? b, Dictionary<string, int> c) { }
            }
            """);
        var id = result.Type("Shop.FolderJobs").GetMembers("Walk").Single().GetDocumentationCommentId();
        Assert.Contains($"/// <summary>Enqueues <see cref=\"{id}\"/>.</summary>", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_of_usings_that_changes_no_meaning_generates_nothing_anew()
    {
        var source = $$"""
            using Files;
            namespace Files { {{FileJobs}} }
            namespace Shop { {{Users("FileJobsClient")}} }
            """;
        var outputs = Edit(source, "using Shop; " + source).GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs);
        Assert.All(outputs, static o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    [Fact]
    public void A_client_is_found_once_it_exists()
    {
        var source = $"namespace Shop; {FileJobs} {Users("FolderJobsClient")}";
        var driver = Edit(source, source.Replace("class FileJobs", "class FolderJobs", StringComparison.Ordinal));
        Assert.Contains(driver.GetRunResult().GeneratedTrees, static t => t.ToString().Contains("GetRequiredService<global::Shop.FolderJobsClient>(services)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("public class FolderJobs(FileJobsClinet files) { [Job] public object Walk() => files; }")]
    [InlineData("public class FolderJobs { [Job] public void Walk(FileJobsClinet files) { } }")]
    [InlineData("public class FolderJobs { [Job] public void Walk([Service] FileJobsClinet files) { } }")]
    [InlineData("public class FolderJobs { [Job] public void Walk(FileJobsClient<int> files) { } }")]
    [InlineData("public class FolderJobs { [Job] public void Walk(IReadOnlyList<FileJobsClinet> files) { } }")]
    [InlineData("public class FolderJobs { [Job] public void Walk(FileJobsClinet? files = null) { } }")]
    [InlineData("[JobContract] public interface IFolderJobs { [Job] Task Walk(FileJobsClinet files); } [JobHandler] public class FolderJobs : IFolderJobs { Task IFolderJobs.Walk(_ files) => null!; } public class _;")]
    public void A_typo_is_the_compilers_to_tell(string source)
    {
        var errors = GeneratorRunner.FindErrors($"namespace Shop; {FileJobs} {source}");
        Assert.NotEmpty(errors);
        Assert.All(errors, static e => Assert.StartsWith("Source.cs", e, StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_of_which_no_job_is_left_is_not_named()
    {
        var errors = GeneratorRunner.FindErrors("""
            public static class AJobs { [Job] public static void Run(BJobsClient b) { } }
            public static class BJobs { [Job] public static void Run(CJobsClient c) { } }
            public static class CJobs { [Job] public static void Run(Misspelt x) { } }
            public static class DJobs { [Job] public static void Run(DJobsClient d) { } }
            """);
        Assert.Equal(3, errors.Count);
        Assert.All(errors, static e => Assert.Equal("Source.cs: CS0246", e));
    }

    /// <summary>A class and a method that take a client.</summary>
    private static string Users(string type) => $$"""
        public class ClassJobs({{type}} files) { [Job] public string Walk() => files.ToString()!; }
        public static class MethodJobs { [Job] public static string Walk({{type}} files) => files.ToString()!; }
        """;

    private static GeneratorDriver Edit(string before, string after) => GeneratorRunner.RunTwice(
        GeneratorRunner.Compile(LanguageVersion.CSharp14, before, "Shop"), GeneratorRunner.Compile(LanguageVersion.CSharp14, after, "Shop"));

    private static void AssertTakes(string expected, string source)
    {
        var result = GeneratorRunner.Run(source);
        foreach (var file in (string[])["ClassJobsClient", "MethodJobsClient"])
        {
            Assert.Contains($"typeof(global::{expected}), \"files\"", result.File(file), StringComparison.Ordinal);
            Assert.Contains($"GetRequiredService<global::{expected}>(services)", result.File(file), StringComparison.Ordinal);
        }
    }
}
