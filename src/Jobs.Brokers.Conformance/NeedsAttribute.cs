namespace Jobs.Brokers.Conformance;

/// <summary>Names what a broker must declare for a check, or all checks of a class, to apply to it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute(params Capability[] capabilities) : Attribute
{
    /// <summary>All of these.</summary>
    public IReadOnlyList<Capability> Capabilities { get; } = capabilities;
}
