using System.Diagnostics;
using System.Net.Sockets;
using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Brokers.Tests.Servers;

public class RedisServerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_server_comes_back_at_the_same_place_with_what_it_had()
    {
        await using var server = await RedisServer.StartAsync(null, Token);
        Assert.Equal("+OK\r\n", await server.CommandAsync("SET a 1", Token));
        var (endPoint, first) = (server.EndPoint, server.ProcessId);

        await server.KillAsync(Token);
        Assert.False(server.IsRunning);
        await Assert.ThrowsAsync<SocketException>(() => server.CommandAsync("PING", Token));
        await server.StartAsync(Token);

        Assert.Equal(endPoint, server.EndPoint);
        Assert.NotEqual(first, server.ProcessId);
        Assert.Equal("$1\r\n1\r\n", await server.CommandAsync("GET a", Token));
    }

    [Fact]
    public async Task A_stopped_server_ends_by_itself()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);

        await server.StopAsync(Token);

        Assert.False(server.IsRunning);
        Assert.Throws<InvalidOperationException>(() => server.ProcessId);
        await server.StartAsync(Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync(Token));
    }

    [Fact]
    public async Task A_held_server_answers_once_it_goes_on()
    {
        await using var server = await RedisServer.StartAsync(null, Token);
        await server.PauseAsync(Token);

        var answer = server.CommandAsync("PING", Token);
        await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token));
        Assert.False(answer.IsCompleted);
        await server.ResumeAsync(Token);

        Assert.Equal("+PONG\r\n", await answer.WaitAsync(Limit, TimeProvider.System, Token));
        await server.PauseAsync(Token);
        await server.StopAsync(Token);
        Assert.False(server.IsRunning);
    }

    [Fact]
    public async Task Password_and_arguments_reach_the_server()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Password = "s3cret", Arguments = ["--maxmemory", "64mb"] }, Token);

        Assert.Contains("67108864", await server.CommandAsync("CONFIG GET maxmemory", Token), StringComparison.Ordinal);
        Assert.Equal("s3cret", server.Password);
    }

    [Fact]
    public async Task A_server_that_refuses_its_arguments_is_quoted()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--no-such-option", "1"] }, Token));

        Assert.Contains("no-such-option", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_program_names_the_command_that_installs_it()
    {
        await using var server = new MissingServer();

        var error = await Assert.ThrowsAsync<ServerMissingException>(() => server.StartAsync(Token));

        Assert.Equal("'no-such-server' was not found. Install it with: apt-get install no-such-server", error.Message);
    }

    [Fact]
    public async Task Folder_and_process_are_gone_after_dispose()
    {
        var server = await RedisServer.StartAsync(null, Token);
        var process = Process.GetProcessById(server.ProcessId);

        await server.DisposeAsync();

        Assert.True(process.WaitForExit(Limit));
        Assert.False(Directory.Exists(server.Folder));
    }

    private sealed class MissingServer : ServerProcess
    {
        protected override string Program => "no-such-server";

        protected override string Remedy => "apt-get install no-such-server";

        protected override IEnumerable<string> Arguments => [];
    }
}
