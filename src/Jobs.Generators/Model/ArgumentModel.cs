namespace Jobs.Generators.Model;

/// <summary>What is passed for one parameter of the user's method, in its order.</summary>
/// <param name="Kind">Where the value comes from.</param>
/// <param name="PropertyName">For payload: the property of the args, not escaped.</param>
/// <param name="IsForgiven">For payload: true if null is passed where the method's annotations do not allow it, as its default does.</param>
/// <param name="Service">For a service: which one.</param>
internal sealed record ArgumentModel(ArgumentKind Kind, string? PropertyName = null, bool IsForgiven = false, ServiceModel? Service = null);
