using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests;

/// <summary>Names that generated code could trip over. The harness demands that all of it compiles without a warning.</summary>
public sealed class HostileNamesTests
{
    [Theory]
    [InlineData("MyApp.Jobs")]
    [InlineData("MyApp.System")]
    [InlineData("MyApp.Jobs.System")]
    [InlineData("MyApp.Microsoft.Extensions")]
    [InlineData("@event.@class")]
    public void Namespaces_called_like_ours_or_the_framework(string name)
    {
        var result = GeneratorRunner.Run($$"""
            namespace {{name}}
            {
                public class String { }
                public class Task { }
                public class ValueTask { }
                public interface IMailer { }
                public class EmailJobs(IMailer mailer) : global::System.IDisposable
                {
                    public object Mailer => mailer;
                    [global::Jobs.Job] public global::System.Threading.Tasks.Task Send(string address, global::System.TimeSpan after = default) => global::System.Threading.Tasks.Task.CompletedTask;
                    [global::Jobs.Job] public int Count(int[] items) => items.Length;
                    public void Dispose() { }
                }
            }
            """);
        Assert.Contains("SendHandler", result.Text, StringComparison.Ordinal);
        Assert.Contains("CountHandler", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_and_namespaces_called_like_the_clients_parts()
    {
        var result = GeneratorRunner.Run("""
            namespace Shop;
            public static class ProcessJobs
            {
                [Job] public static void Process(int id) { }
                [Job] public static void ProcessHandler(int id) { }
                [Job] public static void ProcessDefinition(int id) { }
                [Job] public static void Register(int id) { }
                [Job] public static void Instance(int id) { }
                [Job] public static void Write(int writer, int args, int reader, int value) { }
            }
            """);
        Assert.Contains("class ProcessHandler_ ", result.Text, StringComparison.Ordinal);
        Assert.Contains("class ProcessDefinition_ ", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keywords_are_escaped()
    {
        var jobs = LoadedJobs.Load("""
            namespace Shop
            {
                public static class @class
                {
                    [Job] public static void @event(string @string, int @class = 3, bool @default = true, int value = 1, int record = 2) =>
                        Scenario.Log.Add($"{@string} {@class} {@default} {value} {record}");
                }
            }

            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services) => await new Shop.classClient((IJobClient)services.GetService(typeof(IJobClient))!).@event("x");
            }
            """);
        await jobs.CallAsync();
        await jobs.HandleAsync();
        Assert.Equal(["x 3 True 1 2"], jobs.Log);
        Assert.Equal("class.event", jobs.Client.Jobs.Single().Definition.Name);
    }

    [Fact]
    public async Task Our_parameters_give_way_to_the_payloads()
    {
        var jobs = LoadedJobs.Load("""
            public static class MixedJobs
            {
                [Job] public static void Mix(string options, string cancellationToken, string services, string invocation, string instance, string _jobs, string args) =>
                    Scenario.Log.Add(options + cancellationToken + services + invocation + instance + _jobs + args);
            }

            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services) =>
                    await new MixedJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Mix("1", "2", "3", "4", "5", "6", "7", enqueueOptions: new EnqueueOptions { Tenant = "t" }, enqueueCancellationToken: default);
            }
            """);
        await jobs.CallAsync();
        await jobs.HandleAsync();
        Assert.Equal(["1234567"], jobs.Log);
        Assert.Equal("t", jobs.Client.Jobs.Single().Options!.Tenant);
    }

    [Fact]
    public void Files_of_types_that_differ_only_in_case_are_told_apart()
    {
        var result = GeneratorRunner.Run("""
            public static class MailJobs { [Job("a")] public static void Run() { } }
            public static class mailJobs { [Job("b")] public static void Run() { } }
            """);
        Assert.Equal(3, result.Files.Count);
        Assert.Equal(3, result.Files.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Long_names_make_short_files()
    {
        var name = new string('A', 300);
        var result = GeneratorRunner.Run($$"""public static class {{name}} { [Job("a")] public static void Run() { } }""");
        Assert.All(result.Files.Keys, static f => Assert.InRange(f.Length, 1, 100));
    }

    [Fact]
    public void Output_is_the_same_in_every_culture()
    {
        const string Source = """
            public static class NumberJobs
            {
                [Job(Timeout = "00:00:30", MaxAttempts = 7), FailureRule(typeof(System.IO.IOException), FailureStrategy.Transient)]
                public static void Add(int a = -5, double b = -1.5, decimal c = -2.5m, long d = -1) { }
            }
            """;
        var expected = GeneratorRunner.RunAs(LanguageVersion.CSharp14, Source).Text;
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            foreach (var name in (string[])["fi-FI", "tr-TR", "ar-SA"])
            {
                System.Globalization.CultureInfo.CurrentCulture = new System.Globalization.CultureInfo(name);
                Assert.Equal(expected, GeneratorRunner.RunAs(LanguageVersion.CSharp14, Source).Text);
            }
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }
    }
}
