using System.Diagnostics;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>Ends a server and deletes its folder when this process ends, however it ends: its pipe to a shell closes then, and the shell kills.</summary>
internal sealed class ServerGuard : IDisposable
{
    private readonly Process _shell;

    public ServerGuard(int processId, string folder) => _shell = Process.Start(new ProcessStartInfo("/bin/sh")
    {
        ArgumentList = { "-c", $"read _; kill -KILL {processId} 2>/dev/null; rm -rf \"$0\"", folder },
        RedirectStandardInput = true,
    })!;

    /// <summary>Lets the server be.</summary>
    public void Dispose()
    {
        _shell.Kill();
        _shell.Dispose();
    }
}
