using Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop.Contracts;
using Shop.Worker;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSingleton<Checkout>();
builder.AddJobs(jobs => jobs.AddContractsJobs().AddWorkerJobs().AddWorker());
using var host = builder.Build();
await host.StartAsync();
await host.Services.GetRequiredService<Checkout>().CompleteAsync(7);
var order = await Packer.Packed.WaitAsync(TimeSpan.FromMinutes(1));
await host.StopAsync();
Console.WriteLine($"packed order {order}");
