namespace Jobs.Generators.Model;

/// <summary>How a worker gets the instance to call.</summary>
/// <param name="Type">The class, from <c>global::</c> on.</param>
/// <param name="MustBeRegistered">True if generated code cannot construct it (abstract, no usable constructor, required members).</param>
/// <param name="Disposal">How a constructed one is disposed of.</param>
/// <param name="Constructor">The services that its constructor takes.</param>
internal sealed record InstanceModel(string Type, bool MustBeRegistered, Disposal Disposal, EquatableArray<ServiceModel> Constructor);
