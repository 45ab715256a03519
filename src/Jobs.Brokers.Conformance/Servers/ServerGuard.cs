using System.Diagnostics;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>Ends a server when this process ends, however it ends: its pipe to a shell closes then, and the shell kills.</summary>
internal sealed class ServerGuard : IDisposable
{
    private readonly Process _shell;

    public ServerGuard(int processId) => _shell = Process.Start(new ProcessStartInfo("/bin/sh")
    {
        ArgumentList = { "-c", $"read _; kill -KILL {processId} 2>/dev/null" },
        RedirectStandardInput = true,
    })!;

    /// <summary>Lets the server be.</summary>
    public void Dispose()
    {
        _shell.Kill();
        _shell.Dispose();
    }
}
