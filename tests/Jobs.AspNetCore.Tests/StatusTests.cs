using System.Net;
using Jobs.Brokers;
using Jobs.Brokers.Tests.Faults;
using Jobs.Memory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.AspNetCore.Tests;

/// <summary>Status, result, cancelling, and sending a dead letter back.</summary>
[Trait("Requirement", "68")]
public sealed class StatusTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "65")]
    public async Task A_running_job_tells_its_progress_and_when_to_ask_again_and_then_where_its_result_is()
    {
        await using var host = await WebHost.StartOpenAsync(static options => options.PollInterval = TimeSpan.FromSeconds(3.5));
        var path = await host.AcceptAsync("web.hold", "{}");
        host.Gate.Step(4);
        await host.UntilAsync(path, "running");

        using var response = await host.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, "application/json", TimeSpan.FromSeconds(4)), (response.StatusCode, response.Content.Headers.ContentType!.MediaType, response.Headers.RetryAfter!.Delta));
        var running = await WebHost.ReadAsync(response);
        var progress = running.GetProperty("progress");
        Assert.Equal((4, 10, "step 4"), (progress.GetProperty("current").GetInt32(), progress.GetProperty("total").GetInt32(), progress.GetProperty("message").GetString()));
        Assert.Equal(("web.hold", 1, $"{path}/events"), (running.GetProperty("name").GetString(), running.GetProperty("attempt").GetInt32(), running.GetProperty("events").GetString()));
        Assert.False(running.TryGetProperty("result", out _));
        using (var early = await host.GetAsync($"{path}/result"))
        {
            Assert.Equal((HttpStatusCode.Conflict, TimeSpan.FromSeconds(4)), (early.StatusCode, early.Headers.RetryAfter!.Delta));
        }

        host.Gate.Open();
        var done = await host.UntilAsync(path, "succeeded");
        Assert.Equal($"{path}/result", done.GetProperty("result").GetString());
        using var ended = await host.GetAsync(path);
        Assert.Null(ended.Headers.RetryAfter);
        using var result = await host.GetAsync($"{path}/result");
        Assert.Equal((HttpStatusCode.OK, "application/json"), (result.StatusCode, result.Content.Headers.ContentType!.MediaType));
        Assert.Equal("\"held\\n\\u0022done\\u0022\"", await result.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/result")]
    [InlineData("GET", "/events")]
    [InlineData("DELETE", "")]
    public async Task A_store_that_is_away_is_a_503_in_ten_seconds(string method, string path)
    {
        await using var host = await WebHost.StartOpenAsync();
        var job = await host.AcceptAsync("web.hold", "{}");
        host.Monitor.IsAway = true;
        var asked = host.Clock.GetUtcNow();

        using var response = await host.DriveAsync(host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), job + path), Token));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (response.StatusCode, response.Headers.RetryAfter!.Delta));
        Assert.True(host.Clock.GetUtcNow() - asked >= TimeSpan.FromSeconds(10), "It was not waited for.");
        await host.UntilAsync(() => Task.FromResult(host.Monitor.Watches == 0));
        host.Monitor.IsAway = false;
        await host.UntilAsync(job, "running");
    }

    [Fact]
    public async Task A_job_that_failed_tells_why_without_a_stack_and_has_no_result()
    {
        await using var host = await WebHost.StartOpenAsync();
        var path = await host.AcceptAsync("web.fail", """{"why":"out of paper"}""");

        var failed = await host.UntilAsync(path, "dead-lettered");

        Assert.Equal(("attempts-exhausted", "out of paper"), (failed.GetProperty("reason").GetString(), failed.GetProperty("error").GetString()));
        Assert.DoesNotContain(" at ", failed.ToString(), StringComparison.Ordinal);
        using var result = await host.GetAsync($"{path}/result");
        Assert.Equal(HttpStatusCode.Gone, result.StatusCode);
    }

    [Fact]
    public async Task A_job_without_a_result_and_one_whose_result_has_expired_are_gone()
    {
        await using var host = await WebHost.StartAsync(
            static app => app.MapJobs("/jobs", static options => options.Allow("web.order", "web.add")).AllowAnonymous(),
            static options => options.ResultRetention = TimeSpan.FromMinutes(1));
        var order = await host.AcceptAsync("web.order", """{"order":{"id":1,"note":"n"}}""");
        var add = await host.AcceptAsync("web.add", """{"left":1}""");
        Assert.False((await host.UntilAsync(order, "succeeded")).TryGetProperty("result", out _));
        await host.UntilAsync(add, "succeeded");
        host.Clock.Advance(TimeSpan.FromMinutes(2));

        foreach (var path in (string[])[order, add])
        {
            using var result = await host.GetAsync($"{path}/result");
            Assert.Equal(HttpStatusCode.Gone, result.StatusCode);
        }
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/result")]
    [InlineData("GET", "/events")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/cancel")]
    public async Task A_job_that_nobody_knows_is_not_found(string method, string path)
    {
        await using var host = await WebHost.StartOpenAsync();
        using var response = await host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/jobs/nobody{path}"), Token);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/events")]
    [InlineData("DELETE", "")]
    public async Task A_job_of_somebody_else_is_not_found(string method, string path)
    {
        await using var host = await WebHost.StartOpenAsync(static options => options.CanAccess = static (context, job) => new(context.Request.Headers["X-User"] == "owner" && job.Name == "web.hold"));
        var job = await host.AcceptAsync("web.hold", "{}");

        foreach (var (user, code) in ((string, HttpStatusCode)[])[("other", HttpStatusCode.NotFound), ("owner", method == "GET" ? HttpStatusCode.OK : HttpStatusCode.Accepted)])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), job + path);
            request.Headers.Add("X-User", user);
            using var response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            Assert.Equal(code, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/cancel")]
    public async Task A_running_job_is_cancelled_and_one_that_has_ended_is_not(string method, string path)
    {
        await using var host = await WebHost.StartOpenAsync();
        var job = await host.AcceptAsync("web.hold", "{}");
        await host.UntilAsync(job, "running");

        using var accepted = await host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), job + path), Token);
        Assert.Equal((HttpStatusCode.Accepted, job), (accepted.StatusCode, accepted.Headers.Location!.OriginalString));
        Assert.Equal("cancelled", (await host.UntilAsync(job, "cancelled")).GetProperty("reason").GetString());

        using var late = await host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), job + path), Token);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task The_id_of_a_child_job_survives_its_path()
    {
        await using var host = await WebHost.StartAsync(static app =>
        {
            app.UsePathBase("/shop");
            app.UseRouting();
            app.MapPost("/adds", static async context =>
            {
                var handle = await context.RequestServices.GetRequiredService<IJobClient>().WebJobs.Add(1, 2, new() { Id = JobId.Parse("a/ü b") });
                await Microsoft.AspNetCore.Http.Results.AcceptedJob(handle, "/api/jobs").ExecuteAsync(context);
            });
            app.MapJobs("/api/jobs").AllowAnonymous();
        });
        using var response = await host.Http.PostAsync("/shop/adds", null, Token);

        Assert.Equal((HttpStatusCode.Accepted, "/shop/api/jobs/a%2F%C3%BC%20b"), (response.StatusCode, response.Headers.Location!.OriginalString));
        Assert.Equal("a/ü b", (await WebHost.ReadAsync(response)).GetProperty("id").GetString());
        var done = await host.UntilAsync("/shop/api/jobs/a%2F%C3%BC%20b", "succeeded");
        Assert.Equal(("a/ü b", "/shop/api/jobs/a%2F%C3%BC%20b/result"), (done.GetProperty("id").GetString(), done.GetProperty("result").GetString()));
    }

    [Fact]
    [Trait("Requirement", "81")]
    public async Task An_operator_sends_a_dead_letter_back()
    {
        await using var host = await WebHost.StartAsync(static app =>
        {
            app.MapJobs("/jobs", static options => options.Allow("web.fail")).AllowAnonymous();
            app.MapJobsAdmin().RequireAuthorization("staff");
        });
        var path = await host.AcceptAsync("web.fail", """{"why":"no"}""");
        var letters = (IDeadLetterQueue)host.Services.GetRequiredService<IJobBroker>();

        // Its status is told before its broker is.
        await host.UntilAsync(path, "dead-lettered");
        await host.UntilAsync(async () => await letters.CountDeadLettersAsync("default", Token) == 1);
        var died = host.Clock.GetUtcNow();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var retry = $"/admin{path}/retry";

        using (var anonymous = await host.Http.PostAsync(retry, null, Token))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        }

        host.Http.DefaultRequestHeaders.Add("X-User", "staff");
        using (var accepted = await host.Http.PostAsync(retry, null, Token))
        {
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
            Assert.EndsWith((await WebHost.ReadAsync(accepted)).GetProperty("id").GetString()!, path, StringComparison.Ordinal);
        }

        // It ran, and failed, once more.
        await host.UntilAsync(async () => (await letters.GetDeadLettersAsync("default", null, 10, Token)).Items is [{ DiedAt: var again }] && again > died);
        using var unknown = await host.Http.PostAsync("/admin/jobs/nobody/retry", null, Token);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_broker_that_gives_no_dead_letters_back_is_not_asked_to()
    {
        await using var host = await WebHost.StartAsync(
            static app => app.MapJobsAdmin().AllowAnonymous(),
            services: static services => services.AddSingleton<IJobBroker>(static provider => new BareBroker(new MemoryBroker(provider.GetRequiredService<TimeProvider>()))));

        using var refused = await host.Http.PostAsync("/admin/jobs/a/retry", null, Token);

        Assert.Equal(HttpStatusCode.NotImplemented, refused.StatusCode);
    }

    [Fact]
    public void Pauses_of_less_than_a_second_are_refused()
    {
        var options = new JobEndpointOptions();
        var almost = TimeSpan.FromMilliseconds(999);
        Assert.Equal("Heartbeat", Assert.Throws<ArgumentOutOfRangeException>(() => options.Heartbeat = almost).ParamName);
        Assert.Equal("PollInterval", Assert.Throws<ArgumentOutOfRangeException>(() => options.PollInterval = almost).ParamName);
    }

    [Fact]
    [Trait("Scenario", "60")]
    public async Task S60_a_dead_letter_whose_key_another_job_has_stays()
    {
        await using var host = await WebHost.StartAsync(static app =>
        {
            app.MapJobs("/jobs", static options => options.Allow("web.unique")).AllowAnonymous();
            app.MapJobsAdmin().AllowAnonymous();
        });
        var letters = host.Services.GetRequiredService<IDeadLetterQueue>();
        var path = await host.AcceptAsync("web.unique", """{"name":"fails"}""");
        await host.UntilAsync(async () => await letters.CountDeadLettersAsync("default", Token) == 1);
        await host.Services.GetRequiredService<IJobClient>().EnqueueAsync(new WebJobsClient.UniqueArgs("fails"), new() { Delay = TimeSpan.FromHours(1) }, Token);

        using var refused = await host.Http.PostAsync($"/admin{path}/retry", null, Token);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(1, await letters.CountDeadLettersAsync("default", Token));
    }
}
