using System.Net;
using Microsoft.AspNetCore.Builder;

namespace Jobs.AspNetCore.Tests;

/// <summary>Nothing is open unless somebody said for whom, and a wrong set-up does not start.</summary>
public sealed class AuthorizationTests
{
    public static TheoryData<string, string> Endpoints => new()
    {
        { "POST", "/jobs/web.add" },
        { "GET", "/jobs/a" },
        { "GET", "/jobs/a/result" },
        { "GET", "/jobs/a/events" },
        { "POST", "/jobs/a/cancel" },
        { "DELETE", "/jobs/a" },
        { "POST", "/admin/jobs/a/retry" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Endpoints))]
    public async Task Without_a_policy_everything_is_forbidden_and_the_log_names_the_remedy(string method, string path)
    {
        await using var host = await WebHost.StartAsync(static app =>
        {
            app.MapJobs("/jobs", static options => options.Allow("web.add"));
            app.MapJobsAdmin();
        });
        for (var i = 0; i < 2; i++)
        {
            using var response = await host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        Assert.Contains(".RequireAuthorization(\"policy\")", Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Endpoints))]
    public async Task A_policy_lets_in_whom_it_names(string method, string path)
    {
        await using var host = await WebHost.StartAsync(static app =>
        {
            app.MapJobs("/jobs", static options => options.Allow("web.add")).RequireAuthorization("staff");
            app.MapJobsAdmin().RequireAuthorization("staff");
        });
        foreach (var (user, code) in ((string?, HttpStatusCode?)[])[(null, HttpStatusCode.Unauthorized), ("guest", HttpStatusCode.Forbidden), ("staff", null)])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Add("X-User", user is null ? [] : [user]);
            using var response = await host.Http.SendAsync(request, Token);
            Assert.Equal(code ?? (path == "/jobs/web.add" ? HttpStatusCode.BadRequest : HttpStatusCode.NotFound), response.StatusCode);
        }
    }

    [Fact]
    public async Task No_job_can_be_enqueued_unless_it_is_named()
    {
        await using var host = await WebHost.StartAsync(static app => app.MapJobs().AllowAnonymous());
        using var response = await host.PostAsync("web.add", """{"left":1}""");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Status_that_is_not_kept_fails_the_start()
    {
        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => WebHost.StartAsync(static app => app.MapJobs(), static options => options.Status.Enabled = false));
        Assert.Contains("'Jobs:Status:Enabled'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_is_not_known_fails_the_start()
    {
        var error = await Assert.ThrowsAsync<JobConfigurationException>(() => WebHost.StartAsync(static app => app.MapJobs("/jobs", static options => options.Allow("web.ad"))));
        Assert.Contains("'web.ad', which this host does not know. Did you mean 'web.add'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_application_without_jobs_is_told()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("builder.AddJobs", Assert.Throws<InvalidOperationException>(() => app.MapJobs()).Message, StringComparison.Ordinal);
    }
}
