using System.Xml;
using System.Xml.Linq;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Takes over the user's documentation. The compiler has bound its references, so they hold in any file.</summary>
internal static class DocumentationParser
{
    public static string Id(ISymbol symbol) => symbol.GetDocumentationCommentId() ?? "";

    public static DocumentationModel Parse(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var root = Read(method.GetDocumentationCommentXml(cancellationToken: cancellationToken));
        var parameters = root?.Elements("param")
            .Where(static p => p.Attribute("name") is not null)
            .Select(static p => new ParameterDocumentation(p.Attribute("name").Value, InnerXml(p)))
            .Where(static p => p.Text.Length > 0);
        return new DocumentationModel(
            Id(method),
            root?.Element("summary") is { } summary && InnerXml(summary) is { Length: > 0 } text ? text : null,
            parameters?.ToEquatableArray() ?? []);
    }

    private static XElement? Read(string? xml)
    {
        if (string.IsNullOrWhiteSpace(xml))
        {
            return null;
        }

        try
        {
            return XElement.Parse(xml, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            // The compiler has warned of it already.
            return null;
        }
    }

    private static string InnerXml(XElement element)
    {
        var text = string.Concat(element.Nodes().Select(static n => n.ToString(SaveOptions.DisableFormatting)));
        var lines = text.Split('\n').Select(static l => l.Trim()).Where(static l => l.Length > 0);
        return string.Join("\n", lines);
    }
}
