using Jobs;
using Letters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSingleton<Postbox>();
builder.AddJobs(jobs => jobs.AddConsoleJobs().AddWorker());
using var host = builder.Build();
await host.StartAsync();

var letters = host.Services.GetRequiredService<LetterJobsClient>();
await letters.Send("Ada");
await letters.Send("Grace", "urgent");
await letters.Send("Barbara");
await host.Services.GetRequiredService<Postbox>().Full.WaitAsync(TimeSpan.FromMinutes(1));
await host.StopAsync();
Console.WriteLine("sent 3 letters");
