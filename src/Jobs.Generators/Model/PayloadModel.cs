namespace Jobs.Generators.Model;

/// <summary>What a job's args hold, and how to write and read them.</summary>
internal sealed record PayloadModel
{
    /// <summary>In the order of the parameters, which is also that of the args' constructor.</summary>
    public required EquatableArray<PayloadMember> Members { get; init; }

    /// <summary>The collections and objects that members reach.</summary>
    public required EquatableArray<PayloadShape> Shapes { get; init; }

    /// <summary>True if nothing reachable from the args can change, and the round trip through JSON would lose nothing.</summary>
    public required bool IsImmutable { get; init; }
}
