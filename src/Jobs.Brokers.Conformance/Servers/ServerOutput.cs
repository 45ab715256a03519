using System.Diagnostics;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>The last lines that a server wrote, for the message of a failure.</summary>
internal sealed class ServerOutput
{
    private const int KeptLines = 20;

    private readonly Queue<string> _lines = new();

    public void Follow(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public override string ToString()
    {
        lock (_lines)
        {
            return string.Join(Environment.NewLine, _lines);
        }
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }
}
