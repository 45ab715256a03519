namespace Jobs.Generators.Model;

/// <summary>A property of an object shape.</summary>
internal sealed record ObjectMember
{
    /// <summary>The name in C#, not escaped.</summary>
    public required string Name { get; init; }

    public required string JsonName { get; init; }

    public required ValueModel Value { get; init; }

    /// <summary>False if writing a null is an error.</summary>
    public required bool MayWriteNull { get; init; }

    /// <summary>False if reading a null is an error.</summary>
    public required bool MayReadNull { get; init; }

    public required MemberAssignment Assignment { get; init; }

    /// <summary>True if reading fails without it.</summary>
    public required bool IsRequired { get; init; }

    public WriteCondition Condition { get; init; }
}
