namespace Jobs.Generators.Model;

/// <summary>A step from one version of a job's arguments to the next.</summary>
/// <param name="FromVersion">The version that it takes.</param>
/// <param name="Method">The user's method, from <c>global::</c> on.</param>
/// <param name="Old">The arguments that it takes.</param>
internal sealed record UpcastModel(int FromVersion, string Method, PayloadTypeModel Old);
