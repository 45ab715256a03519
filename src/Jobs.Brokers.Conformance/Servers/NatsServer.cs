using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>A <c>nats-server</c>.</summary>
/// <param name="options">Null: the defaults.</param>
public sealed class NatsServer(NatsServerOptions? options = null) : ServerProcess
{
    private const int LongestGreeting = 4096;

    private readonly NatsServerOptions _options = options ?? new NatsServerOptions();

    /// <summary>Further lines of the configuration file; take effect with the next start, or <see cref="ReloadAsync"/>.</summary>
    public string Configuration { get; set; } = options?.Configuration ?? "";

    /// <inheritdoc/>
    protected override string Program => "nats-server";

    /// <inheritdoc/>
    protected override string Remedy => "apt-get install nats-server";

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments
    {
        get
        {
            WriteConfiguration();
            return ["--addr", EndPoint.Address.ToString(), "--port", EndPoint.Port.ToString(CultureInfo.InvariantCulture), "--config", ConfigurationFile];
        }
    }

    private string ConfigurationFile => Path.Combine(Folder, "nats.conf");

    /// <summary>Starts one.</summary>
    /// <exception cref="ServerMissingException">It is not installed.</exception>
    public static async Task<NatsServer> StartAsync(NatsServerOptions? options, CancellationToken cancellationToken = default)
    {
        var server = new NatsServer(options);
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

    /// <summary>Has it read its configuration again (SIGHUP); when it has done so is not told.</summary>
    public Task ReloadAsync(CancellationToken cancellationToken = default)
    {
        WriteConfiguration();
        return SignalAsync("HUP", cancellationToken);
    }

    /// <summary>Has it send its clients elsewhere, and end after that (SIGUSR2): lame duck mode.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken = default) => SignalAsync("USR2", cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        var greeting = new byte[LongestGreeting];
        var length = await socket.ReceiveAsync(greeting, cancellationToken).ConfigureAwait(false);
        return greeting.AsSpan(0, length).StartsWith("INFO "u8);
    }

    private void WriteConfiguration()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"server_name: \"{_options.Name ?? $"test-{EndPoint.Port}"}\"");
        if (_options.JetStream)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"jetstream {{ store_dir: \"{Path.Combine(Folder, "store")}\" }}");
        }

        if (_options.User is { } user)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"authorization {{ user: \"{user}\", password: \"{_options.Password}\" }}");
        }

        File.WriteAllText(ConfigurationFile, text.AppendLine(Configuration).ToString());
    }
}
