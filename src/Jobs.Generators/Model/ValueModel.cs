namespace Jobs.Generators.Model;

/// <summary>A value in a payload: of a member, an element or a whole result.</summary>
internal sealed record ValueModel
{
    public required TypeRef Type { get; init; }

    /// <summary>How it is written; of an enum, how its underlying number is.</summary>
    public required ValueKind Kind { get; init; }

    public bool IsEnum { get; init; }

    /// <summary>The full name of the context, for <see cref="ValueKind.Delegated"/>.</summary>
    public string? Context { get; init; }

    /// <summary>The words that JSON may hold for what is not known here: of the derived types, or of an enum; for <see cref="ValueKind.Delegated"/>.</summary>
    public EquatableArray<string> Cases { get; init; }

    /// <summary>The index of its shape in the payload, for <see cref="ValueKind.Shape"/>.</summary>
    public int Shape { get; init; } = -1;
}
