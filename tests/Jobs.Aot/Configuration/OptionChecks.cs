using System.Text;
using Jobs.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Aot.Configuration;

/// <summary>Every option is bound from a file and from the environment.</summary>
internal static class OptionChecks
{
    public static async Task RunAsync(Canary canary)
    {
        await canary.CheckAsync("every option is bound from JSON", () =>
        {
            var builder = CanaryHost.CreateBuilder();
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(AllOptions.Json));
            builder.Configuration.AddJsonStream(json);
            using var host = builder.Build();
            ExpectValues(host.Services, option => option.FromJson);
            return Task.CompletedTask;
        });

        await canary.CheckAsync("every option is bound from the environment, in capitals", () =>
        {
            foreach (var option in AllOptions.Rows)
            {
                Environment.SetEnvironmentVariable(Variable(option), option.FromEnvironment);
            }

            try
            {
                var builder = CanaryHost.CreateBuilder();
                builder.Configuration.AddEnvironmentVariables();
                using var host = builder.Build();
                ExpectValues(host.Services, option => option.FromEnvironment);
            }
            finally
            {
                foreach (var option in AllOptions.Rows)
                {
                    Environment.SetEnvironmentVariable(Variable(option), null);
                }
            }

            return Task.CompletedTask;
        });

        await canary.CheckAsync("the environment wins over JSON, code over both", () =>
        {
            const string Variable = "Jobs__Worker__Concurrency";
            Environment.SetEnvironmentVariable(Variable, "4");
            var builder = CanaryHost.CreateBuilder(("Worker:Concurrency", "2"), ("Worker:MaxPrefetch", "2"));
            builder.Configuration.AddEnvironmentVariables();
            Environment.SetEnvironmentVariable(Variable, null);
            builder.AddJobs(jobs => jobs.AddWorker(worker => worker.MaxPrefetch = 6));
            using var host = builder.Build();
            var options = host.Services.GetRequiredService<IOptions<JobsOptions>>().Value;
            Expect.Equal((4, 6), (options.Worker.Concurrency, options.Worker.MaxPrefetch));
            return Task.CompletedTask;
        });

        await canary.CheckAsync("no option is left out here", NothingIsMissingAsync);
    }

    private static string Variable(Option option) =>
        $"Jobs:{option.Path}".Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();

    private static void ExpectValues(IServiceProvider services, Func<Option, string> expected)
    {
        var options = services.GetRequiredService<IOptions<JobsOptions>>().Value;
        foreach (var option in AllOptions.Rows)
        {
            Expect.Equal(expected(option), FormattableString.Invariant(option.Read(options)), $"Jobs:{option.Path}");
        }
    }

    // What the message about an unknown member lists is all that there is.
    private static async Task NothingIsMissingAsync()
    {
        foreach (var section in (string[])["", "Worker:", "Defaults:", "Health:", "Memory:", "Queues:critical:", "Overrides:configured.send-batch:"])
        {
            using var host = CanaryHost.CreateBuilder(($"{section}Unheard-of", "1")).Build();
            var failure = await Expect.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
            var known = failure.Message[(failure.Message.IndexOf("Known: ", StringComparison.Ordinal) + "Known: ".Length)..].TrimEnd('.');
            foreach (var name in known.Split(", ").Except(["Nats", "Redis", "Sqs", "bytes"]))
            {
                Expect.True(
                    AllOptions.Rows.Any(option => $"{option.Path}:".StartsWith($"{section}{name}:", StringComparison.OrdinalIgnoreCase)),
                    $"Jobs:{section}{name} has a row");
            }
        }
    }
}
