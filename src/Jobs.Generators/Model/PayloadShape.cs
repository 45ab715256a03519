namespace Jobs.Generators.Model;

/// <summary>A collection or object that a payload reaches. Written once however often it is reached, and by index, so that types may contain themselves.</summary>
internal abstract record PayloadShape
{
    /// <summary>The type, never nullable.</summary>
    public required TypeRef Type { get; init; }
}
