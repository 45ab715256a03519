using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.AspNetCore.Tests;

/// <summary><c>GET /jobs/{id}/events</c>.</summary>
[Trait("Requirement", "65")]
public sealed class EventsTests : IAsyncLifetime
{
    private WebHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await WebHost.StartOpenAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Status_and_progress_are_streamed_to_the_end()
    {
        var path = await _host.AcceptAsync("web.hold", "{}");
        using var events = await OpenAsync(path);
        var first = await NextAsync(events);
        Assert.Equal(("1", "pending"), (first.Id, first.State));

        for (var step = 1; step <= 3; step++)
        {
            _host.Gate.Step(step);
            (string Id, string State, JsonElement Data) told;
            do
            {
                told = await NextAsync(events);
            }
            while (!told.Data.TryGetProperty("progress", out var progress) || progress.GetProperty("current").GetInt32() != step);

            Assert.Equal("running", told.State);
        }

        _host.Gate.Open();
        (string Id, string State, JsonElement Data) last;
        do
        {
            last = await NextAsync(events);
        }
        while (last.State == "running");

        Assert.Equal(("succeeded", $"{path}/result"), (last.State, last.Data.GetProperty("result").GetString()));
        Assert.Null(await _host.DriveAsync(events.ReadLineAsync(Token).AsTask()));
        await _host.UntilAsync(() => Task.FromResult(_host.Monitor.Watches == 0));
    }

    [Fact]
    public async Task A_job_that_has_ended_is_one_event_whatever_the_client_saw_last()
    {
        var path = await _host.AcceptAsync("web.add", """{"left":1}""");
        await _host.UntilAsync(path, "succeeded");

        _host.Http.DefaultRequestHeaders.Add("Last-Event-ID", "17");
        using var events = await OpenAsync(path);

        Assert.Equal("succeeded", (await NextAsync(events)).State);
        Assert.Null(await events.ReadLineAsync(Token));
    }

    [Fact]
    public async Task An_idle_stream_is_kept_alive()
    {
        var path = await _host.AcceptAsync("web.hold", "{}");
        await _host.UntilAsync(path, "running");
        var opened = _host.Clock.GetUtcNow();
        using var events = await OpenAsync(path);
        await NextAsync(events);

        for (var beat = 0; beat < 2; beat++)
        {
            Assert.Equal(":", await _host.DriveAsync(events.ReadLineAsync(Token).AsTask()));
            Assert.Equal("", await events.ReadLineAsync(Token));
        }

        Assert.True(_host.Clock.GetUtcNow() - opened >= 2 * TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Who_disconnects_watches_no_longer()
    {
        var path = await _host.AcceptAsync("web.hold", "{}");
        using (var events = await OpenAsync(path))
        {
            await NextAsync(events);
            Assert.Equal(1, _host.Monitor.Watches);
        }

        await _host.UntilAsync(() => Task.FromResult(_host.Monitor.Watches == 0));
        Assert.Empty(_host.Errors);
    }

    [Fact]
    public async Task A_host_that_stops_ends_its_streams()
    {
        var path = await _host.AcceptAsync("web.hold", "{}");
        using var events = await OpenAsync(path);
        await NextAsync(events);

        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await _host.UntilAsync(() => Task.FromResult(_host.Monitor.Watches == 0));
    }

    private async Task<StreamReader> OpenAsync(string path)
    {
        var response = await _host.Http.GetAsync($"{path}/events", HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        return new StreamReader(await response.Content.ReadAsStreamAsync(Token));
    }

    // The clock goes on until there is one; comments are passed over.
    private async Task<(string Id, string State, JsonElement Data)> NextAsync(StreamReader events)
    {
        string? line;
        do
        {
            line = await _host.DriveAsync(events.ReadLineAsync(Token).AsTask());
        }
        while (line is ":" or "");

        Assert.Equal("event: status", line);
        var id = (await events.ReadLineAsync(Token))!["id: ".Length..];
        using var json = JsonDocument.Parse((await events.ReadLineAsync(Token))!["data: ".Length..]);
        Assert.Equal("", await events.ReadLineAsync(Token));
        return (id, json.RootElement.GetProperty("state").GetString()!, json.RootElement.Clone());
    }
}
