namespace Jobs.Generators.Model;

/// <summary>A part of a key's template: text, or a value of the args.</summary>
/// <param name="Text">The text; of a value the path from the args on, as source: <c>Order?.Id</c>.</param>
/// <param name="IsValue">True for a value.</param>
/// <param name="Format">How the value is written, or null: the type's own way.</param>
internal sealed record KeyPartModel(string Text, bool IsValue = false, string? Format = null);
