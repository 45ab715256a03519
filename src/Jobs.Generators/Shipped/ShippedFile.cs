using System.Globalization;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Shipped;

/// <summary><c>Jobs.Shipped.txt</c>: what messages may look like that someone has enqueued.</summary>
internal sealed class ShippedFile
{
    public const string FileName = "Jobs.Shipped.txt";

    private readonly List<ShippedJob> _jobs = [];
    private readonly List<(TextSpan Line, string Problem)> _problems = [];

    private ShippedFile()
    {
    }

    public IReadOnlyList<ShippedJob> Jobs => _jobs;

    /// <summary>The lines that cannot be read, and why.</summary>
    public IReadOnlyList<(TextSpan Line, string Problem)> Problems => _problems;

    public static bool IsNamed(string path) => string.Equals(Path.GetFileName(path), FileName, StringComparison.OrdinalIgnoreCase);

    public static ShippedFile Parse(SourceText text)
    {
        var file = new ShippedFile();
        bool? isUnderJob = null;
        foreach (var line in text.Lines)
        {
            var content = line.ToString();
            if (content.Trim() is "" or ['#', ..])
            {
                continue;
            }

            if (!char.IsWhiteSpace(content[0]))
            {
                isUnderJob = file.AddJob(content.TrimEnd(), line.Span);
            }
            else if (isUnderJob is null)
            {
                file._problems.Add((line.Span, "a member stands under the job that it belongs to"));
            }
            else if (isUnderJob.Value)
            {
                file.AddMember(content.Trim(), line.Span);
            }
        }

        return file;
    }

    /// <summary>The text with a job recorded: in the place of the same version, or at the end.</summary>
    public static SourceText Put(SourceText text, string name, int version, string block)
    {
        var newLine = text.ToString().Contains("\r\n") ? "\r\n" : "\n";
        var lines = block.Replace("\n", newLine);
        if (Parse(text).Jobs.FirstOrDefault(j => j.Name == name && j.Version == version) is { } old)
        {
            return text.Replace(old.Lines, lines);
        }

        var before = text.Length == 0 || text.Lines[text.Lines.Count - 1].Span.IsEmpty ? "" : newLine;
        return text.Replace(new TextSpan(text.Length, 0), before + lines + newLine);
    }

    private bool AddJob(string content, TextSpan line)
    {
        var parts = content.Split(' ');
        if (parts.Length != 2 || !JobNames.IsValid(parts[0]) || !parts[1].StartsWith("v", StringComparison.Ordinal)
            || !int.TryParse(parts[1].Substring(1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1)
        {
            _problems.Add((line, "write a job as its name and version: 'email.send v1'"));
            return false;
        }

        if (_jobs.Any(j => j.Name == parts[0] && j.Version == version))
        {
            _problems.Add((line, "this version of the job is recorded above already"));
            return false;
        }

        _jobs.Add(new ShippedJob(parts[0], version, [], line) { Head = line });
        return true;
    }

    private void AddMember(string content, TextSpan line)
    {
        var job = _jobs[_jobs.Count - 1];
        if (ReadMember(content) is not { } member)
        {
            _problems.Add((line, "write a member as 'required' or 'optional', its type and its name: 'required Guid userId'; before what the job returns stands 'returns'"));
        }
        else if (job.Members.Any(member.IsAt))
        {
            _problems.Add((line, "this member is recorded above already"));
        }
        else
        {
            job.Members.Add(member);
            _jobs[_jobs.Count - 1] = job with { Lines = TextSpan.FromBounds(job.Lines.Start, line.End) };
        }
    }

    private static ShippedMember? ReadMember(string content)
    {
        const string Returns = "returns ";
        var isResult = content.StartsWith(Returns, StringComparison.Ordinal);
        return (isResult ? content.Substring(Returns.Length) : content).Split([' '], 3) switch
        {
            [("required" or "optional") and var use, { Length: > 0 } type, { Length: > 0 } path] => new(path, type, use == "required") { IsResult = isResult },
            [{ Length: > 0 } type] when isResult => new("", type, IsRequired: true) { IsResult = true },
            _ => null,
        };
    }
}
