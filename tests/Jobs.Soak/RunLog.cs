using System.Globalization;
using System.Text;

namespace Jobs.Soak;

/// <summary>What one worker process did: a line per start, failure and end. Each is one write, so that it outlives the process that is killed right after it.</summary>
public sealed class RunLog(string path, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public void Write(char what, int number)
    {
        var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what} {number} {time.GetUtcNow().ToUnixTimeMilliseconds()}\n"));
        lock (_lock)
        {
            _file.Write(line);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Reads the whole lines of a log that may still be written.</summary>
    public static IEnumerable<RunLogLine> Read(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (file.ReadLine() is { } line)
        {
            if (line.Split(' ') is [{ Length: 1 } what, var number, { Length: 13 } at])
            {
                yield return new RunLogLine(what[0], int.Parse(number, CultureInfo.InvariantCulture), long.Parse(at, CultureInfo.InvariantCulture));
            }
        }
    }
}
