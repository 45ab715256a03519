using Jobs.Generators.Tests.Analysis;
using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests.Pages;

/// <summary>What the pages show compiles, generator included, without a warning: with what each page leaves out, and nothing else.</summary>
public sealed class PageTests
{
    // What a new project has: <ImplicitUsings>enable</ImplicitUsings>.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly string[] Shown = ["README.md", "brokers.md", "choosing.md", "generated-code.md", "idempotency.md", "names-called-jobs.md", "schedules.md", "status.md", "testing.md", "versioning.md", "web.md"];

    [Fact]
    public void Every_page_that_shows_code_is_compiled_here() =>
        Assert.Equal(Shown, Page.All.Where(static p => p.Blocks.Count > 0).Select(static p => p.Name).Order(StringComparer.Ordinal));

    [Fact]
    public Task The_readme_is_a_program() => CompileAsync(
        OutputKind.ConsoleApplication,
        Assert.Single(Page.Named("README.md").Blocks));

    [Fact]
    public Task The_page_on_keys_shows_keys() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        $$"""
        using Jobs;

        {{Page.Named("idempotency.md").Blocks[0]}}
        """);

    [Fact]
    public Task The_page_on_testing_shows_tests() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        $$"""
        using Jobs;
        using Jobs.Testing;
        using Microsoft.Extensions.DependencyInjection;
        using Xunit;

        public static class ShopTests
        {
            public static async Task RunAsync(FakeMailer mailer)
            {
                {{string.Join("\n", Page.Named("testing.md").Blocks)}}
            }
        }
        """,
        """
        using Jobs;

        public interface IMailer
        {
            Task SendAsync(string address, CancellationToken cancellationToken);
        }

        public sealed class FakeMailer : IMailer
        {
            public int Failures { get; set; }

            public List<string> Sent { get; } = [];

            public Task SendAsync(string address, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public sealed class ShopJobs(IMailer mailer, IJobClient jobs)
        {
            [Job("shop.welcome", MaxAttempts = 3)]
            public async Task Welcome(string address, CancellationToken cancellationToken)
            {
                await mailer.SendAsync(address, cancellationToken);
                await jobs.ShopJobs.Remind(address, new() { Delay = TimeSpan.FromDays(3) }, cancellationToken);
            }

            [Job("shop.remind")]
            public Task Remind(string address, CancellationToken cancellationToken) => mailer.SendAsync(address, cancellationToken);
        }
        """);

    [Fact]
    public Task The_page_on_choosing_shows_a_job() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        $$"""
        using Jobs;

        public sealed class OrderJobs(ShopDb db)
        {
            {{Assert.Single(Page.Named("choosing.md").Blocks).Replace("…", "", StringComparison.Ordinal)}}
        }
        """,
        """
        public sealed class ShopDb
        {
            public Orders Orders { get; } = new();
        }

        public sealed class Orders
        {
            public ValueTask<string?> FindAsync(object?[]? keys, CancellationToken ct) => default;
        }
        """);

    [Fact]
    public Task The_page_on_brokers_shows_how_to_run_the_suite() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        $$"""
        using Jobs.Brokers;
        using Jobs.Brokers.Conformance;
        using Jobs.Brokers.Conformance.Servers;
        using Jobs.Brokers.Conformance.Stores;
        using Jobs.Messages;
        using Jobs.Stores;
        using Xunit;

        {{Page.Named("brokers.md").Blocks[0]}}

        {{Page.Named("brokers.md").Blocks[1]}}

        public sealed class MyStoreFixture : StoreFixture
        {
            public override ValueTask<IJobStore> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken) => default;
        }

        public sealed class AcmeServer : ServerProcess
        {
            protected override string Program => "acme";
            protected override string Remedy => "install acme";
            protected override IEnumerable<string> Arguments => [];
        }

        public sealed class AcmeOptions
        {
            public required System.Net.EndPoint Server { get; init; }
            public required string Namespace { get; init; }
        }

        public sealed class AcmeBroker(AcmeOptions options) : IJobBroker
        {
            public string Name => options.Namespace;
            public BrokerFeatures Features => throw new NotSupportedException();
            public BrokerHealth Health => throw new NotSupportedException();
            public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken) => default;
            public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) => default;
            public ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken) => default;
            public ValueTask DisposeAsync() => default;
        }

        public static class AcmeNames
        {
            public static string Queue(string @namespace, string queue) => $"{@namespace}.{queue}";
        }

        public static class AcmeClient
        {
            public static Task PublishAsync(System.Net.EndPoint server, string queue, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """);

    [Fact]
    public Task The_page_on_schedules_shows_how_to_declare_change_and_test_them() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        $$"""
        using Jobs;
        using Jobs.Schedules;
        using Jobs.Testing;

        public sealed class ReportJobs
        {
            {{Page.Named("schedules.md").Blocks[0].Replace("…", "Task.CompletedTask", StringComparison.Ordinal)}}
        }

        public static class Report
        {
            public static async Task ManageAsync(IJobSchedules schedules, CancellationToken cancellationToken)
            {
                {{Page.Named("schedules.md").Blocks[1]}}
            }

            public static async Task TestAsync(JobTestHost host, DateTimeOffset first)
            {
                {{Page.Named("schedules.md").Blocks[2]}}
            }
        }
        """);

    [Fact]
    public Task The_page_on_idempotency_shows_limits_and_work_that_is_done_once() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        $$"""
        using Jobs;

        public interface IPayments
        {
            Task ChargeAsync(Guid orderId, string key);
        }

        public sealed class ShopJobs
        {
            {{string.Join("\n", Page.Named("idempotency.md").Blocks.Where(static block => block.Contains("Concurrency(", StringComparison.Ordinal) || block.Contains("Idempotent(", StringComparison.Ordinal))).Replace("…", "Task.CompletedTask", StringComparison.Ordinal)}}
        }
        """);

    [Fact]
    public Task The_page_on_status_shows_how_to_ask_wait_and_cancel() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        $$"""
        using Jobs;
        using Jobs.Monitoring;

        public sealed class ReportJobs
        {
            private const int pages = 3;

            {{Page.Named("status.md").Blocks[1]}}

            private static Task WriteAsync(int page, CancellationToken ct) => Task.CompletedTask;
        }

        public sealed class ImportJobs
        {
            {{Page.Named("status.md").Blocks[2]}}

            private static async IAsyncEnumerable<string> ReadFromAsync(Guid file, long line, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
            {
                await Task.Yield();
                ct.ThrowIfCancellationRequested();
                yield return $"{file} {line}";
            }

            private static Task StoreAsync(string line, CancellationToken ct) => Task.CompletedTask;
        }

        public sealed class EmailJobs
        {
            [Job("email.count")]
            public static int Count(string mailbox) => mailbox.Length;
        }

        public static class Status
        {
            public static void Map(WebApplication app)
            {
                {{Page.Named("status.md").Blocks[0]}}
            }

            public static async Task WaitAsync(EmailJobsClient emailJobs, CancellationToken ct)
            {
                {{Page.Named("status.md").Blocks[3]}}
            }

            public static async Task CancelAsync(JobHandle handle)
            {
                {{Page.Named("status.md").Blocks[4]}}
            }
        }
        """,
        """
        public sealed class WebApplication
        {
            public void MapGet(string pattern, Delegate handler) => handler.DynamicInvoke(pattern);
        }

        public static class Results
        {
            public static object Ok(object value) => value;

            public static object NotFound() => "";
        }
        """);

    [Fact]
    public Task The_page_on_web_endpoints_shows_an_application() => CompileAsync(
        OutputKind.ConsoleApplication,
        References.Web,
        [
            $"""
            using Jobs;
            using Microsoft.AspNetCore.Builder;
            using Microsoft.AspNetCore.Http;
            using Microsoft.Extensions.DependencyInjection;

            {Page.Named("web.md").Blocks[0].Replace("app.Run();", $"{Page.Named("web.md").Blocks[1]}\n{Page.Named("web.md").Blocks[2]}\napp.Run();", StringComparison.Ordinal)}
            """,
            """
            using System.Security.Claims;
            using Jobs;

            public interface IReports
            {
                ValueTask<bool> IsOwnerAsync(ClaimsPrincipal user, JobId job, CancellationToken cancellationToken);
            }

            public static class ReportJobs
            {
                [Job("report.build")]
                public static void Build(Guid id) => _ = id;
            }
            """,
        ]);

    [Fact]
    public Task The_page_on_names_shows_a_namespace_called_Jobs() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        Assert.Single(Page.Named("names-called-jobs.md").Blocks).Replace("…", "Task.CompletedTask", StringComparison.Ordinal));

    [Fact]
    public Task The_page_on_versions_shows_upcasts_and_an_alias() => CompileAsync(
        OutputKind.DynamicallyLinkedLibrary,
        $$"""
        using Jobs;

        {{Page.Named("versioning.md").Blocks[0]}}

        public sealed class WelcomeJobs(IMailer mailer)
        {
            {{Page.Named("versioning.md").Blocks[1]}}
        }
        """,
        """
        public interface IMailer
        {
            Task SendAsync(Guid userId, string template, bool urgent, CancellationToken ct);
        }
        """);

    [Fact]
    public async Task The_page_on_versions_shows_what_is_recorded()
    {
        var found = await AnalyzerRunner.RunShippedAsync(
            """
            public sealed record Line(decimal Price);
            public sealed record Order(List<Line> Lines);
            public sealed record Receipt(Guid Id);
            public static class EmailJobs { [Job("email.send")] public static Receipt Send(Guid userId, Order order, string? note = null) => new(userId); }
            """,
            "");
        Assert.Contains($"```\n{Assert.Single(found).Properties["Text"]}\n```", Page.Named("versioning.md").Text, StringComparison.Ordinal);
    }

    private static Task CompileAsync(OutputKind kind, params string[] files) => CompileAsync(kind, [], files);

    private static async Task CompileAsync(OutputKind kind, IReadOnlyList<MetadataReference> more, string[] files)
    {
        var compilation = CSharpCompilation.Create(
            "Shop",
            files.Append(ImplicitUsings).Select(static (text, i) => GeneratorRunner.Parse(LanguageVersion.CSharp14, text, $"File{i}.cs")),
            [.. References.All, .. References.Application, .. more],
            new CSharpCompilationOptions(kind, warningLevel: 9999, nullableContextOptions: NullableContextOptions.Enable));
        var result = GeneratorRunner.RunOn(compilation);
        // That a schedule fires is no warning.
        Assert.DoesNotContain(await AnalyzerRunner.AnalyzeAsync(result.Output), static found => found.Id != "JOBS042");
    }
}
