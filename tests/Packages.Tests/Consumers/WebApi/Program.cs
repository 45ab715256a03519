using Jobs;
using Orders;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.AddJobs(jobs => jobs.AddWebApiJobs().AddWorker().Configure(options => options.Status.Enabled = true));
await using var app = builder.Build();
app.MapPost("/orders/{number:int}", async (int number, IJobClient jobs) =>
{
    var handle = await jobs.OrderJobs.Confirm(number);
    return Results.AcceptedJob(handle);
});
app.MapJobs("/jobs", options => options.Allow("orders.confirm")).AllowAnonymous();
await app.StartAsync();

using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
using var response = await http.PostAsync("/orders/7", null);
await OrderJobs.Confirmed.WaitAsync(TimeSpan.FromMinutes(1));
using var status = await http.GetAsync(response.Headers.Location);
var events = await http.GetStringAsync($"{response.Headers.Location}/events");
using var byName = await http.PostAsync("/jobs/orders.confirm", Json("""{"number":8}"""));
using var bad = await http.PostAsync("/jobs/orders.confirm", Json("{}"));
var problem = await bad.Content.ReadAsStringAsync();
await app.StopAsync();
Console.WriteLine($"order {(int)response.StatusCode}, status {(int)status.StatusCode}, events {(events.Contains("\"state\":\"succeeded\"") ? "succeeded" : events)}, "
    + $"by name {(int)byName.StatusCode}, bad {(int)bad.StatusCode} {(problem.Contains("\"member\":\"number\"") ? "number" : problem)}");

static StringContent Json(string text) => new(text, null, "application/json");
