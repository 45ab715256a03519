using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Emission;

/// <summary>Writes source text, and owns its indentation.</summary>
internal sealed class SourceWriter
{
    private const int IndentSize = 4;

    private readonly StringBuilder _text = new();
    private int _indent;

    /// <summary>Writes an empty line.</summary>
    public void WriteLine() => _text.Append('\n');

    /// <summary>Writes lines; each is indented to where the writer stands.</summary>
    public void WriteLine(string lines)
    {
        var start = 0;
        while (start <= lines.Length)
        {
            var end = lines.IndexOf('\n', start);
            end = end < 0 ? lines.Length : end;
            var length = end > start && lines[end - 1] == '\r' ? end - start - 1 : end - start;
            if (length > 0)
            {
                _text.Append(' ', _indent * IndentSize).Append(lines, start, length);
            }

            _text.Append('\n');
            start = end + 1;
        }
    }

    /// <summary>Writes a header and an opening brace; disposing closes it.</summary>
    /// <param name="header">What stands before the brace; may have several lines.</param>
    /// <param name="end">What follows the closing brace, such as <c>;</c>.</param>
    public Scope Block(string header, string end = "")
    {
        WriteLine(header);
        WriteLine("{");
        _indent++;
        return new Scope(this, "}" + end);
    }

    /// <summary>Indents what follows, until disposed.</summary>
    public Scope Indent()
    {
        _indent++;
        return new Scope(this, null);
    }

    public SourceText ToSourceText() => SourceText.From(_text.ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    public override string ToString() => _text.ToString();

    internal readonly struct Scope(SourceWriter writer, string? close) : IDisposable
    {
        public void Dispose()
        {
            writer._indent--;
            if (close is not null)
            {
                writer.WriteLine(close);
            }
        }
    }
}
