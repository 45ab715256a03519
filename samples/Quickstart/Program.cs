using Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quickstart;

if (!QuickstartArguments.TryParse(args, out var arguments, out var problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

var progress = new RunProgress();
using var csv = new CsvFile(arguments.Output);

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders(); // The bar and the summary say it all; a log would tear the bar apart.
builder.Services.AddSingleton(progress).AddSingleton(csv);
builder.AddJobs(jobs => jobs
    .AddQuickstartJobs()
    .AddMiddleware<CountRetries>()
    .AddFailureHandler<ReportDeadLetters>()
    .AddWorker(worker => worker.Concurrency = 4 * Environment.ProcessorCount));

using var host = builder.Build();
await host.StartAsync();

var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
var display = ProgressDisplay.ShowAsync(progress, stopping);
try
{
    await FolderWalk.EnqueueAsync(host.Services.GetRequiredService<IJobClient>(), arguments, progress, stopping);
    await progress.Completed.WaitAsync(stopping);
}
catch (OperationCanceledException)
{
    // Ctrl-C: the worker drains below, and the summary says what was left.
}

await host.StopAsync();
progress.Stop();
await display;
return Summary.Print(progress, arguments);
