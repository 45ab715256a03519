namespace Jobs;

/// <summary>Names the generated client of a class or contract, where the derived name collides.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct)]
public sealed class JobClientAttribute : Attribute
{
    /// <summary>The client's type name.</summary>
    /// <value>Default <c>{Class}Client</c>; nested classes compose, an interface loses its <c>I</c>.</value>
    public string? Name { get; set; }
}
