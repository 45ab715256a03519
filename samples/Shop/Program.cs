using System.Text.Json.Serialization;
using Jobs;
using Jobs.Hosting;
using Microsoft.Extensions.Options;
using Orders;

// Takes orders and answers at once; a worker does the rest. Jobs__Broker says how they reach it: memory (the default), redis, nats or sqs.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Add(ShopJson.Default));
builder.AddJobs(jobs =>
{
    jobs.AddOrders().AddRedis().AddNats().AddSqs();
    if (builder.Configuration["Jobs:Broker"] is null or "memory")
    {
        // No other process can reach this one's memory, so it runs the jobs itself.
        jobs.AddWorker();
    }
});
var app = builder.Build();

app.MapPost("/orders", async (OrderJobsClient orders, CancellationToken cancellationToken) =>
{
    var order = Guid.CreateVersion7();
    try
    {
        var job = await orders.Confirm(order, cancellationToken: cancellationToken);
        return Results.Accepted($"/orders/{order}", new AcceptedOrder(order, job.Id.ToString()));
    }
    catch (JobEnqueueException error)
    {
        // The broker is away: the customer is told, and may come again.
        return Results.Problem(error.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
});
app.MapHealthChecks("/health");
if (app.Services.GetRequiredService<IOptions<JobsOptions>>().Value.Status.Enabled)
{
    // Status, progress, events and cancelling below /jobs. A real shop names a policy instead.
    app.MapJobs().AllowAnonymous();
}

app.Run();

/// <summary>The answer to an order: it was accepted, and this job confirms it.</summary>
internal sealed record AcceptedOrder(Guid Order, string Job);

[JsonSerializable(typeof(AcceptedOrder))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ShopJson : JsonSerializerContext;
