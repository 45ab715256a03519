using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>A <c>redis-server</c>.</summary>
/// <param name="options">Null: the defaults.</param>
public sealed class RedisServer(RedisServerOptions? options = null) : ServerProcess
{
    private const int LongestAnswer = 512;

    private readonly RedisServerOptions _options = options ?? new RedisServerOptions();

    /// <summary>The password of the default user, or null.</summary>
    public string? Password => _options.Password;

    /// <inheritdoc/>
    protected override string Program => "redis-server";

    /// <inheritdoc/>
    protected override string Remedy => "apt-get install redis-server";

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments =>
    [
        "--bind", EndPoint.Address.ToString(),
        "--port", EndPoint.Port.ToString(CultureInfo.InvariantCulture),
        "--dir", Folder,
        "--save", "",
        "--appendonly", _options.AppendOnly ? "yes" : "no",
        "--appendfsync", _options.AppendFsync,
        "--maxmemory-policy", "noeviction",
        .. _options.Password is { } password ? (string[])["--requirepass", password] : [],
        .. _options.Arguments,
    ];

    /// <summary>Starts one.</summary>
    /// <exception cref="ServerMissingException">It is not installed.</exception>
    public static async Task<RedisServer> StartAsync(RedisServerOptions? options, CancellationToken cancellationToken = default)
    {
        var server = new RedisServer(options);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends one command (words without blanks) on a connection of its own.</summary>
    /// <returns>The first bytes of the answer, as they came.</returns>
    public async Task<string> CommandAsync(string command, CancellationToken cancellationToken = default)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint, cancellationToken).ConfigureAwait(false);
        if (_options.Password is { } password)
        {
            await AskAsync(socket, $"AUTH {password}", cancellationToken).ConfigureAwait(false);
        }

        return await AskAsync(socket, command, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    // It accepts connections while it still loads its file.
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        (await CommandAsync("PING", cancellationToken).ConfigureAwait(false)).StartsWith("+PONG", StringComparison.Ordinal);

    private static async Task<string> AskAsync(Socket socket, string command, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes($"{command}\r\n"), cancellationToken).ConfigureAwait(false);
        var buffer = new byte[LongestAnswer];
        var length = 0;
        for (var more = -1; more != 0 && length < buffer.Length && !buffer.AsSpan(0, length).EndsWith("\r\n"u8); length += more)
        {
            more = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
