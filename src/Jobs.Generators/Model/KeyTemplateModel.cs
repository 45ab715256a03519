namespace Jobs.Generators.Model;

/// <summary>A key made of a job's args: <c>"welcome:{userId}"</c>.</summary>
/// <param name="Text">The template as it is written.</param>
/// <param name="Parts">What it consists of, in order; never two literals in a row.</param>
internal sealed record KeyTemplateModel(string Text, EquatableArray<KeyPartModel> Parts);
