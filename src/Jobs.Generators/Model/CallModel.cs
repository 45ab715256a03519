namespace Jobs.Generators.Model;

/// <summary>How a worker calls the user's method.</summary>
internal sealed record CallModel
{
    /// <summary>The type that the method is called on, from <c>global::</c> on: the class, or the contract that it implements.</summary>
    public required string Target { get; init; }

    /// <summary>The method's name, not escaped.</summary>
    public required string MethodName { get; init; }

    public required ReturnKind Returns { get; init; }

    /// <summary>The result's type, or null.</summary>
    public required string? ResultType { get; init; }

    /// <summary>The type of a batch's items, or null for a job without a batch.</summary>
    public required string? BatchItemType { get; init; }

    /// <summary>What the job saves of its progress, or null.</summary>
    public PayloadTypeModel? Checkpoint { get; init; }

    /// <summary>Null for a static method.</summary>
    public required InstanceModel? Instance { get; init; }

    public required EquatableArray<ArgumentModel> Arguments { get; init; }

    public bool IsSynchronous => Returns is ReturnKind.Nothing or ReturnKind.Value;

    public bool NeedsServices => Instance is not null || Uses(ArgumentKind.Service);

    public bool Uses(ArgumentKind kind) => Arguments.Any(a => a.Kind == kind);
}
