namespace Jobs.Definitions;

/// <summary>A service that a handler needs; checked when the worker starts.</summary>
/// <param name="Type">The service's type.</param>
/// <param name="Parameter">The parameter that asks for it.</param>
/// <param name="IsOptional">True if null is acceptable.</param>
/// <param name="Key">The key of a keyed service, or null.</param>
/// <param name="UnlessRegistered">The class whose constructor asks: if it is itself registered, the container makes it, and the
/// requirement lapses. Null if the method asks.</param>
public sealed record ServiceRequirement(Type Type, string Parameter, bool IsOptional = false, object? Key = null, Type? UnlessRegistered = null);
