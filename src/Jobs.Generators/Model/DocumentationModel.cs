namespace Jobs.Generators.Model;

/// <summary>The user's XML documentation, as inner XML.</summary>
/// <param name="Id">The method's documentation id, for the way back.</param>
/// <param name="Summary">The summary, or null.</param>
/// <param name="Parameters">The parameters that are documented.</param>
internal sealed record DocumentationModel(string Id, string? Summary, EquatableArray<ParameterDocumentation> Parameters)
{
    public string? OfParameter(string name) => Parameters.FirstOrDefault(p => p.Name == name)?.Text;
}
