using System.Globalization;
using System.Text;

namespace Quickstart;

/// <summary>The output: <c>path,bytes,lines,sha256</c>, quoted as RFC 4180 says. A batch is written in one go. Safe for concurrent use.</summary>
public sealed class CsvFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;

    public CsvFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        Write("path,bytes,lines,sha256\n");
    }

    public void Append(IReadOnlyList<FileFingerprint> files)
    {
        var rows = new StringBuilder();
        foreach (var file in files)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{Quote(file.Path)},{file.Bytes},{file.Lines},{file.Sha256}\n");
        }

        Write(rows.ToString());
    }

    public void Dispose() => _file.Dispose();

    private static string Quote(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private void Write(string text)
    {
        lock (_lock)
        {
            _file.Write(Encoding.UTF8.GetBytes(text));
            _file.Flush();
        }
    }
}
