namespace Jobs.Generators.Model;

/// <summary>A service that a parameter asks for.</summary>
/// <param name="Type">Its type, without a <c>?</c>.</param>
/// <param name="IsValueType">True for structs and enums.</param>
/// <param name="ParameterName">The parameter, for error messages.</param>
/// <param name="Key">The key of a keyed service as source, or null.</param>
/// <param name="IsOptional">True if the call is made without it.</param>
/// <param name="Default">What stands in for a missing one, as source; null for null.</param>
/// <param name="Client">Set as long as the type is not known.</param>
internal sealed record ServiceModel(string Type, bool IsValueType, string ParameterName, string? Key, bool IsOptional, string? Default, ClientReference? Client)
{
    /// <summary>True for <c>IServiceProvider</c>: the scope itself, which needs no check.</summary>
    public bool IsProvider => Type == "global::System.IServiceProvider" && Key is null;
}
