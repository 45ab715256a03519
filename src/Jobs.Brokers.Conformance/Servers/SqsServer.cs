using System.Globalization;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>An emulator of Amazon SQS: <c>fauxqs</c> 2.4 on Node.js 24, both from npm. It takes any credentials.</summary>
/// <remarks>Looked for in the folder <c>artifacts/servers</c> of the working directory, of the folder of the program, and of any folder above them.</remarks>
/// <param name="options">Null: the defaults.</param>
public sealed class SqsServer(SqsServerOptions? options = null) : ServerProcess
{
    private const string Place = "artifacts/servers";

    // The emulator itself would listen on all addresses of the machine. What it stores must outlive its process only, so that no write waits for the disk.
    private const string Script =
        """
        import net from 'node:net';
        import { DatabaseSync } from 'node:sqlite';
        const [module, host, port, dataDir] = process.argv.slice(1);
        const { listen } = net.Server.prototype;
        net.Server.prototype.listen = function (options, ...rest) { return listen.call(this, { ...options, host }, ...rest); };
        const { exec } = DatabaseSync.prototype;
        DatabaseSync.prototype.exec = function (sql) { exec.call(this, sql); if (/journal_mode/.test(sql)) exec.call(this, 'PRAGMA synchronous = OFF'); };
        const { startFauxqs } = await import(module);
        await startFauxqs({ port: Number(port), logger: false, dataDir });
        """;

    private readonly SqsServerOptions _options = options ?? new SqsServerOptions();
    private readonly string? _modules = FindModules();

    /// <summary>Where requests go.</summary>
    public Uri Url => new($"http://{EndPoint}");

    /// <inheritdoc/>
    protected override string Program => _modules is null ? "fauxqs" : Path.Combine(_modules, "node", "bin", "node");

    /// <inheritdoc/>
    protected override string Remedy => $"npm install --prefix {Place} --no-package-lock fauxqs@2.4.1 node@24.9.0";

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments =>
    [
        "--input-type=module",
        "--eval",
        Script,
        new Uri(Path.Combine(_modules ?? Folder, "fauxqs", "dist", "app.js")).AbsoluteUri,
        EndPoint.Address.ToString(),
        EndPoint.Port.ToString(CultureInfo.InvariantCulture),
        .. _options.Persists ? (string[])[Path.Combine(Folder, "data")] : [],
    ];

    /// <summary>Starts one.</summary>
    /// <exception cref="ServerMissingException">It is not installed.</exception>
    public static async Task<SqsServer> StartAsync(SqsServerOptions? options, CancellationToken cancellationToken = default)
    {
        var server = new SqsServer(options);
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

    private static string? FindModules()
    {
        foreach (var start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var modules = Path.Combine(folder.FullName, Place, "node_modules");
                if (Directory.Exists(Path.Combine(modules, "fauxqs")) && File.Exists(Path.Combine(modules, "node", "bin", "node")))
                {
                    return modules;
                }
            }
        }

        return null;
    }
}
