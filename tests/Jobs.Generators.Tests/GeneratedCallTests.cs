using Jobs.Definitions;
using Jobs.Generators.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Generators.Tests;

/// <summary>Calls generated clients, and the user's methods through generated handlers.</summary>
public sealed class GeneratedCallTests
{
    [Fact]
    public async Task A_static_job_is_called_with_what_was_enqueued()
    {
        var jobs = LoadedJobs.Load("""
            public static class EmailJobs
            {
                [Job]
                public static Task SendWelcome(string address) { Scenario.Log.Add("welcome " + address); return Task.CompletedTask; }
            }

            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services) =>
                    await ((EmailJobsClient)services.GetService(typeof(EmailJobsClient))!).SendWelcome("a@b.c", new EnqueueOptions { Queue = "critical" });
            }
            """);

        await jobs.CallAsync();
        Assert.Equal("""{"address":"a@b.c"}""", jobs.Client.Jobs.Single().Json);
        Assert.Equal("critical", jobs.Client.Jobs.Single().Options!.Queue);
        Assert.Equal("email.send-welcome", jobs.Client.Jobs.Single().Definition.Name);

        await jobs.HandleAsync();
        Assert.Equal(["welcome a@b.c"], jobs.Log);
        Assert.False(jobs.Handlers.Single().NeedsScope);
    }

    [Fact]
    public async Task An_instance_is_made_with_services_and_disposed_of_after_the_run()
    {
        var jobs = LoadedJobs.Load("""
            public interface IMailer { void Send(string text); }
            public sealed class Mailer : IMailer { public void Send(string text) => Scenario.Log.Add(text); }
            public sealed class EmailJobs(IMailer mailer, int retries = 3) : IAsyncDisposable, IDisposable
            {
                [Job] public async Task Send(string to, IMailer other, CancellationToken token, string text = "hi")
                {
                    await Task.Yield();
                    mailer.Send($"{to} {text} {retries} {ReferenceEquals(mailer, other)} {token.CanBeCanceled}");
                }
                public void Dispose() => Scenario.Log.Add("wrong");
                public ValueTask DisposeAsync() { Scenario.Log.Add("disposed"); return default; }
            }
            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static object Mailer() => new Mailer();
                public static async Task Send(IServiceProvider services) => await new EmailJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Send("you");
            }
            """);
        jobs.Services.AddScoped(jobs.Type("IMailer"), jobs.Type("Mailer"));
        using var source = new CancellationTokenSource();
        jobs.Token = source.Token;

        await jobs.CallAsync();
        Assert.Equal("""{"to":"you","text":"hi"}""", jobs.Client.Jobs.Single().Json);
        await jobs.HandleAsync();

        Assert.Equal(["you hi 3 True True", "disposed"], jobs.Log);
        var handler = jobs.Handlers.Single();
        Assert.True(handler.NeedsScope);
        Assert.True(handler.UsesCancellation);
        Assert.False(handler.UsesContext);
        Assert.False(handler.IsSynchronous);
        Assert.Equal("EmailJobs.Send", handler.Location);
        Assert.Equal(["other", "mailer", "retries"], handler.Services.Select(static s => s.Parameter));
        Assert.Equal([null, jobs.Type("EmailJobs"), jobs.Type("EmailJobs")], handler.Services.Select(static s => s.UnlessRegistered));
        Assert.Equal([false, false, true], handler.Services.Select(static s => s.IsOptional));
    }

    [Fact]
    public async Task A_registered_instance_is_the_containers_to_dispose_of()
    {
        var jobs = LoadedJobs.Load("""
            public sealed class EmailJobs(string from) : IDisposable
            {
                public EmailJobs() : this("nobody") { }
                [Job] public void Send() => Scenario.Log.Add(from);
                public void Dispose() => Scenario.Log.Add("disposed");
            }
            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static object Make(IServiceProvider services) => new EmailJobs("container");
                public static async Task Send(IServiceProvider services) => await new EmailJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Send();
            }
            """);
        var make = jobs.Type("Scenario").GetMethod("Make")!;
        jobs.Services.AddSingleton(jobs.Type("EmailJobs"), services => make.Invoke(null, [services])!);
        await jobs.CallAsync();
        await jobs.HandleAsync();
        Assert.Equal(["container"], jobs.Log);
        Assert.True(jobs.Handlers.Single().IsSynchronous);
    }

    [Fact]
    public async Task A_constructed_instance_is_disposed_of_also_when_the_method_throws()
    {
        var jobs = LoadedJobs.Load("""
            public sealed class EmailJobs : IDisposable
            {
                [Job] public void Send() => throw new InvalidOperationException("no");
                public void Dispose() => Scenario.Log.Add("disposed");
            }
            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services) => await new EmailJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Send();
            }
            """);
        await jobs.CallAsync();
        Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => jobs.HandleAsync())).Message);
        Assert.Equal(["disposed"], jobs.Log);
    }

    [Fact]
    public async Task Keyed_and_optional_services_are_asked_for_as_such()
    {
        var jobs = LoadedJobs.Load("""
            using Microsoft.Extensions.DependencyInjection;
            public enum Tier { Hot, Cold }
            public interface IStore { }
            public sealed class Store(string name) : IStore { public override string ToString() => name; }
            public static class StoreJobs
            {
                [Job] public static void Move([FromKeyedServices(Tier.Cold)] IStore to, IStore? from, [FromKeyedServices("x")] IStore? none, IServiceProvider services) =>
                    Scenario.Log.Add($"{to} {from is null} {none is null} {services is not null}");
            }
            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static object Cold() => new Store("cold");
                public static async Task Send(IServiceProvider services) => await new StoreJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Move();
            }
            """);
        var cold = jobs.Type("Scenario").GetMethod("Cold")!.Invoke(null, null)!;
        jobs.Services.AddKeyedSingleton(jobs.Type("IStore"), Enum.Parse(jobs.Type("Tier"), "Cold"), cold);
        await jobs.CallAsync();
        await jobs.HandleAsync();
        Assert.Equal(["cold True True True"], jobs.Log);
        Assert.Equal([false, true, true], jobs.Handlers.Single().Services.Select(static s => s.IsOptional));
    }

    [Theory]
    [InlineData("int", "3", "return 3;")]
    [InlineData("Task<int>", "3", "return Task.FromResult(3);")]
    [InlineData("ValueTask<int>", "3", "return new(3);")]
    [InlineData("Task<string?>", "null", "return Task.FromResult<string?>(null);")]
    [InlineData("Task<List<Row>>", """[{"id":7}]""", "return Task.FromResult(new List<Row> { new(7) });")]
    public async Task A_result_is_delivered(string type, string expected, string body)
    {
        var jobs = LoadedJobs.Load($$"""
            public sealed record Row(int Id);
            public static class ReportJobs
            {
                [Job] public static {{type}} Build() { {{body}} }
            }
            public static class Scenario
            {
                public static async Task Send(IServiceProvider services) => await new ReportJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Build();
            }
            """);
        await jobs.CallAsync();
        Assert.True(jobs.Client.Jobs.Single().Definition.HasResult);
        Assert.Equal(expected, await jobs.HandleAsync());
    }

    [Theory]
    [InlineData("Task", "return Task.CompletedTask;")]
    [InlineData("ValueTask", "return default;")]
    [InlineData("void", "")]
    public async Task A_job_without_a_result_has_none(string type, string body)
    {
        var jobs = LoadedJobs.Load($$"""
            public struct ReportJobs
            {
                [Job] public {{type}} Build() { Scenario.Log.Add("ran"); {{body}} }
            }
            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services) => await new ReportJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Build();
            }
            """);
        await jobs.CallAsync();
        Assert.False(jobs.Client.Jobs.Single().Definition.HasResult);
        Assert.Null(await jobs.HandleAsync());
        Assert.Equal(["ran"], jobs.Log);
    }

    [Theory]
    [InlineData("IReadOnlyList<PageView>")]
    [InlineData("PageView[]")]
    public async Task A_batch_is_called_once_with_all_items(string type)
    {
        var jobs = LoadedJobs.Load($$"""
            public sealed record PageView(string Url);
            public static class EventJobs
            {
                [Job("events.ingest"), Batch(Size = 7, Window = "00:00:02")]
                public static void Ingest({{type}} views, JobBatch batch)
                {
                    foreach (var view in views) Scenario.Log.Add(view.Url);
                    batch.Fail(1, new InvalidOperationException("b"));
                }
            }
            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services)
                {
                    var client = new EventJobsClient((IJobClient)services.GetService(typeof(IJobClient))!);
                    await client.Ingest(new PageView("/a"));
                    await client.Ingest(new PageView("/b"));
                }
            }
            """);
        await jobs.CallAsync();
        Assert.Equal("""{"url":"/a"}""", jobs.Client.Jobs[0].Json);
        Assert.Equal(7, jobs.Definitions.Single().Batch!.Size);
        Assert.Equal(TimeSpan.FromSeconds(2), jobs.Definitions.Single().Batch!.Window);
        var batch = await jobs.HandleBatchAsync();
        Assert.Equal(["/a", "/b"], jobs.Log);
        Assert.Null(batch.GetFailure(0));
        Assert.Equal("b", batch.GetFailure(1)!.Message);
    }

    [Fact]
    public async Task Defaults_hold_for_the_client_for_new_args_and_for_what_an_older_producer_left_out()
    {
        var jobs = LoadedJobs.Load("""
            public enum Colour { Red, Blue }
            public static class PaintJobs
            {
                [Job] public static void Paint(string text = "a\"b", int? n = null, Colour colour = Colour.Blue, decimal d = 1.50m, Guid id = default, char c = '\n', double x = -0.5) =>
                    Scenario.Log.Add($"{text}|{n}|{colour}|{d}|{id}|{(int)c}|{x}");
            }
            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services) => await new PaintJobsClient((IJobClient)services.GetService(typeof(IJobClient))!).Paint();
                public static async Task SendArgs(IServiceProvider services) => await ((IJobClient)services.GetService(typeof(IJobClient))!).EnqueueAsync(new PaintJobsClient.PaintArgs());
            }
            """);
        await jobs.CallAsync();
        await jobs.HandleAsync();
        await jobs.CallAsync("SendArgs");
        await jobs.HandleAsync();
        var expected = $"a\"b||Blue|1.50|{Guid.Empty}|10|-0.5";
        Assert.Equal([expected, expected], jobs.Log);
    }

    [Fact]
    public void Settings_reach_the_definition()
    {
        var jobs = LoadedJobs.Load("""
            [FailureRule(typeof(System.IO.IOException), FailureStrategy.PoolExhausted)]
            public static class ReportJobs
            {
                [Job("report.build", Version = 3, Queue = "low", MaxAttempts = 7, MaxCrashes = 0, Backoff = "00:00:02", MaxBackoff = "1.00:00:00",
                    Timeout = "00:05:00.5", HardTimeoutGrace = "00:00:10", Priority = JobPriority.High, RequireResult = true,
                    RetryOn = new[] { typeof(TimeoutException) }, NoRetryOn = new[] { typeof(FormatException) })]
                [FailureRule(typeof(KeyNotFoundException), FailureStrategy.NotFound)]
                public static int Build(List<int> values) => 1;
                [Job] public static void Plain(int value) { }
            }
            """);
        var definition = jobs.Definition("report.build");
        Assert.Equal((3, "low", "ReportJobs.Build", false), (definition.Version, definition.Queue, definition.Location, definition.HasImmutableArgs));
        var policy = definition.Policy;
        Assert.Equal((7, 0, JobPriority.High, true), (policy.MaxAttempts, policy.MaxCrashes, policy.Priority, policy.RequireResult));
        Assert.Equal(
            [TimeSpan.FromSeconds(2), TimeSpan.FromDays(1), TimeSpan.FromMinutes(5.0) + TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10)],
            new[] { policy.Backoff, policy.MaxBackoff, policy.Timeout, policy.HardTimeoutGrace });
        Assert.Equal([typeof(TimeoutException)], policy.RetryOn);
        Assert.Equal([typeof(FormatException)], policy.NoRetryOn);
        Assert.Equal(
            [new FailureRule(typeof(KeyNotFoundException), FailureStrategy.NotFound), new FailureRule(typeof(IOException), FailureStrategy.PoolExhausted)],
            policy.FailureRules);

        var plain = jobs.Definition("report.plain");
        Assert.Null(plain.Policy.MaxAttempts);
        Assert.Equal(typeof(IOException), Assert.Single(plain.Policy.FailureRules).ExceptionType);
        Assert.Equal((1, "default", true), (plain.Version, plain.Queue, plain.HasImmutableArgs));
    }

    [Fact]
    public void Registering_twice_registers_the_same()
    {
        var jobs = LoadedJobs.Load("""
            public class EmailJobs { [Job] public void Send() { } }
            """);
        var services = jobs.Services.Count;
        jobs.Register();
        Assert.Single(jobs.Definitions);
        Assert.Single(jobs.Handlers);
        Assert.Equal(services, jobs.Services.Count);
    }

    [Fact]
    public void The_extension_property_gives_the_same_client_again()
    {
        var jobs = LoadedJobs.Load("""
            public static class EmailJobs { [Job] public static void Send() { } }
            """);
        var property = jobs.Type("EmailJobsClientOnIJobClient").GetMethod("get_EmailJobs")!;
        var client = property.Invoke(null, [jobs.Client]);
        Assert.Same(client, property.Invoke(null, [jobs.Client]));
        Assert.NotSame(client, property.Invoke(null, [new CapturingClient()]));
    }
}
