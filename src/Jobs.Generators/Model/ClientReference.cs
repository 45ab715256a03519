namespace Jobs.Generators.Model;

/// <summary>A type that does not exist yet, as a generator does not see what it generates. Perhaps one of its clients.</summary>
/// <param name="Name">The name in documentation ids.</param>
/// <param name="Candidates">What the name may mean, from <c>global::</c> on, the nearest first.</param>
internal sealed record ClientReference(string Name, EquatableArray<string> Candidates);
