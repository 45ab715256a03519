using Jobs.Generators.Shipped;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>A <c>Jobs.Shipped.txt</c> beside the source.</summary>
internal sealed class ShippedText(string text) : AdditionalText
{
    public override string Path => "/shop/" + ShippedFile.FileName;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}
