using System.Net;
using System.Text;
using Jobs.Brokers;
using Jobs.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.AspNetCore.Tests;

/// <summary><c>POST /jobs/{name}</c>.</summary>
[Trait("Requirement", "68")]
public sealed class EnqueueTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await WebHost.StartOpenAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_accepted_job_has_a_location_and_an_id_and_runs()
    {
        using var response = await _host.PostAsync("web.add", """{"left":2,"right":3}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = (await WebHost.ReadAsync(response)).GetProperty("id").GetString();
        Assert.Equal($"/jobs/{id}", response.Headers.Location!.OriginalString);
        await _host.UntilAsync($"/jobs/{id}", "succeeded");
    }

    [Fact]
    public async Task Names_compare_without_case_and_parameters_keep_their_defaults()
    {
        var path = await _host.AcceptAsync("Web.Add", """{"left":2}""");

        await _host.UntilAsync(path, "succeeded");
        Assert.Equal("3", await (await _host.GetAsync($"{path}/result")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("web.secret")]
    [InlineData("web.unknown")]
    public async Task A_job_that_is_not_allowed_is_not_found(string name)
    {
        using var response = await _host.PostAsync(name, "{}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("web.add", "{}", "left")]
    [InlineData("web.add", """{"left":"two"}""", "left")]
    [InlineData("web.order", """{"order":{"id":1.5,"note":"n"}}""", "order.id")]
    [InlineData("web.order", """{"order":null}""", "order")]
    [InlineData("web.add", "", "left")]
    public async Task Bad_arguments_are_told_with_the_member(string name, string json, string member)
    {
        using var response = await _host.PostAsync(name, json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await WebHost.ReadAsync(response);
        Assert.Equal((400, "Bad Request", member), (problem.GetProperty("status").GetInt32(), problem.GetProperty("title").GetString(), problem.GetProperty("member").GetString()));
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"left":1} {"left":2}""")]
    [InlineData("""{"left":1},"jobqueue":"other","x":{"left":2}""")]
    public async Task What_is_not_one_object_is_refused(string json)
    {
        using var response = await _host.PostAsync("web.add", json);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_no_json_by_its_type_is_refused()
    {
        using var response = await _host.Http.PostAsync("/jobs/web.add", new StringContent("left=1", Encoding.UTF8, "application/x-www-form-urlencoded"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_what_the_broker_takes_is_too_large(bool saysSo)
    {
        await using var host = await WebHost.StartAsync(
            static app => app.MapJobs("/jobs", static options => options.Allow("web.add")).AllowAnonymous(),
            static options => options.Memory.MaxDocumentBytes = 100_000);
        var json = new ByteArrayContent(new byte[100_001]);
        json.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs/web.add") { Content = json };
        request.Headers.TransferEncodingChunked = !saysSo;
        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_key_that_another_job_has_is_a_conflict_that_names_it()
    {
        await using var host = await WebHost.StartAsync(static app => app.MapJobs("/jobs", static options => options.Allow("web.unique")).AllowAnonymous());
        var delayed = await host.Services.GetRequiredService<IJobClient>().EnqueueAsync(new WebJobsClient.UniqueArgs("a"), new() { Delay = TimeSpan.FromHours(1) }, TestContext.Current.CancellationToken);

        using var second = await host.PostAsync("web.unique", """{"name":"a"}""");
        using var other = await host.PostAsync("web.unique", """{"name":"b"}""");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Accepted), (second.StatusCode, other.StatusCode));
        Assert.Equal(delayed.Id.ToString(), (await WebHost.ReadAsync(second)).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(SendStatus.TooLarge, HttpStatusCode.RequestEntityTooLarge, false)]
    [InlineData(SendStatus.QueueFull, HttpStatusCode.ServiceUnavailable, true)]
    [InlineData(SendStatus.Failed, HttpStatusCode.ServiceUnavailable, true)]
    public async Task What_the_broker_refuses_is_told(SendStatus status, HttpStatusCode code, bool comesAgain)
    {
        _host.Sender.Answer = new SendResult(status);
        using var response = await _host.PostAsync("web.add", """{"left":1}""");
        Assert.Equal((code, comesAgain), (response.StatusCode, response.Headers.RetryAfter is not null));
    }

    [Fact]
    public async Task An_unknown_outcome_gives_the_id_to_send_again_with_and_that_makes_no_second_job()
    {
        await using var host = await WebHost.StartAsync(
            static app => app.MapJobs("/jobs", static options => options.Allow("web.add")).AllowAnonymous(),
            static options => options.Memory.DedupeWindow = TimeSpan.FromSeconds(10));
        host.Sender.Answer = new SendResult(SendStatus.Unknown);
        using var response = await host.DriveAsync(host.PostAsync("web.add", """{"left":1}"""));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var id = (await WebHost.ReadAsync(response)).GetProperty("id").GetString()!;

        host.Sender.Answer = null;
        for (var i = 0; i < 2; i++)
        {
            using var again = await host.PostAsync("web.add", """{"left":1}""", ("Idempotency-Key", i == 0 ? id : $"\"{id}\""));
            Assert.Equal((HttpStatusCode.Accepted, $"/jobs/{id}"), (again.StatusCode, again.Headers.Location!.OriginalString));
        }

        await host.UntilAsync($"/jobs/{id}", "succeeded");
        Assert.Equal(1, (await host.Monitor.CountAsync("web.add", TestContext.Current.CancellationToken))[JobState.Succeeded]);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData(" ")]
    public async Task A_key_that_is_no_id_is_refused(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs/web.add");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await _host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
