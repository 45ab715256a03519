using Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orders;

// Runs the jobs of a shop. Jobs__Broker says where they come from: memory (the default), redis, nats or sqs.
var builder = Host.CreateApplicationBuilder(args);
builder.AddJobs(jobs => jobs.AddOrders().AddRedis().AddNats().AddSqs().AddWorker());
using var host = builder.Build();
await host.StartAsync();

// Nobody else can reach the memory of this process, so it makes orders of its own: --orders 20.
var orders = host.Services.GetRequiredService<OrderJobsClient>();
for (var left = builder.Configuration.GetSection("orders").Value is { } count ? int.Parse(count, null) : 0; left > 0; left--)
{
    await orders.Confirm(Guid.CreateVersion7());
}

await host.WaitForShutdownAsync();
