using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>A real server, started by the tests on a free loopback port in a folder of its own, that can be killed, stopped and held.</summary>
/// <remarks>
/// <para>1. Port and folder stay the same over restarts, so that clients find it again and what it wrote to disk is still there.</para>
/// <para>2. All is done to its process id. It ends with the test process, also when that is killed.</para>
/// <para>3. Not for concurrent use.</para>
/// </remarks>
public abstract class ServerProcess : IAsyncDisposable
{
    // A port found free may be taken by the time the server binds it.
    private const int PortsTried = 5;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(5);

    private Process? _process;
    private ServerGuard? _guard;
    private ServerOutput _output = new();
    private bool _isPaused;

    /// <summary>Where it listens, once started.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Its working directory; deleted with it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("jobs-server-").FullName;

    /// <summary>The id of its process.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public int ProcessId => Running.Id;

    /// <summary>True from start to kill, stop, or its own end.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The program.</summary>
    protected abstract string Program { get; }

    /// <summary>The command that installs the program.</summary>
    protected abstract string Remedy { get; }

    /// <summary>What it is started with: it must listen on <see cref="EndPoint"/> and keep to <see cref="Folder"/>.</summary>
    protected abstract IEnumerable<string> Arguments { get; }

    private Process Running => _process is { HasExited: false } process ? process : throw new InvalidOperationException($"'{Program}' does not run.");

    /// <summary>Starts it, for the first time or again, and waits until it serves.</summary>
    /// <exception cref="ServerMissingException">The program is not installed.</exception>
    /// <exception cref="InvalidOperationException">It runs already, ended at once, or does not serve in time; the message holds its last output.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"'{Program}' runs already.");
        }

        for (var left = EndPoint.Port == 0 ? PortsTried : 1; ; left--)
        {
            EndPoint.Port = EndPoint.Port == 0 ? LoopbackPort.Find() : EndPoint.Port;
            Launch();
            if (await BecomesReadyAsync(cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            if (left == 1)
            {
                throw new InvalidOperationException($"'{Program}' ended with exit code {_process!.ExitCode}: {_output}");
            }

            EndPoint.Port = 0;
        }
    }

    /// <summary>Kills it (SIGKILL): what it has not written to disk is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        Running.Kill();
        await EndedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks it to end (SIGTERM), and waits until it has.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await SignalAsync("TERM", cancellationToken).ConfigureAwait(false);
        await EndedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Holds it (SIGSTOP): its connections stay open, and nothing answers any more.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default)
    {
        _isPaused = true;
        return SignalAsync("STOP", cancellationToken);
    }

    /// <summary>Lets it go on (SIGCONT).</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default)
    {
        _isPaused = false;
        return SignalAsync("CONT", cancellationToken);
    }

    /// <summary>Kills it and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync().ConfigureAwait(false);
        }

        Forget();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>True once it serves; asked again and again. By default: once it accepts connections.</summary>
    protected virtual async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    // As long as nobody listens, a socket that was given that very port as its own connects to itself, and keeps the server from it.
    private protected async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(EndPoint, cancellationToken).ConfigureAwait(false);
            return EndPoint.Equals(socket.LocalEndPoint) ? throw new SocketException((int)SocketError.ConnectionRefused) : socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Launch()
    {
        Forget();
        var start = new ProcessStartInfo(Program) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ServerMissingException(Program, Remedy, e);
        }

        _guard = new ServerGuard(_process.Id, Folder);
        _output = new ServerOutput();
        _output.Follow(_process);
    }

    // False if it ended instead.
    private async Task<bool> BecomesReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (IsRunning)
            {
                try
                {
                    if (await IsReadyAsync(either.Token).ConfigureAwait(false))
                    {
                        return IsRunning;
                    }
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    // Not yet.
                }

                await Task.Delay(ReadyPause, TimeProvider.System, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new InvalidOperationException($"'{Program}' does not serve {EndPoint} within {StartLimit.TotalSeconds} s: {_output}");
        }

        await _process!.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return false;
    }

    private async Task EndedAsync(CancellationToken cancellationToken)
    {
        // A held process takes no other signal than SIGKILL.
        if (_isPaused)
        {
            _isPaused = false;
            _process!.Kill();
        }

        await _process!.WaitForExitAsync(cancellationToken).WaitAsync(StopLimit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        _guard?.Dispose();
        _guard = null;
    }

    // The shell's own kill: no other program is needed, and it knows the signals of its system by name.
    private protected async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var shell = Process.Start("/bin/sh", ["-c", $"kill -{signal} {Running.Id}"]);
        await shell.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (shell.ExitCode != 0)
        {
            throw new InvalidOperationException($"SIG{signal} did not reach '{Program}' (process {Running.Id}).");
        }
    }

    private void Forget()
    {
        _guard?.Dispose();
        _guard = null;
        _process?.Dispose();
        _process = null;
    }
}
