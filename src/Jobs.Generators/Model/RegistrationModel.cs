namespace Jobs.Generators.Model;

/// <summary>The one registration file of an assembly.</summary>
/// <param name="AssemblyName">The assembly.</param>
/// <param name="Types">The generated types that register jobs, from <c>global::</c> on.</param>
internal sealed record RegistrationModel(string AssemblyName, EquatableArray<string> Types);
