namespace Jobs.Generators.Model;

/// <summary>The documentation of one parameter, as inner XML.</summary>
internal sealed record ParameterDocumentation(string Name, string Text);
