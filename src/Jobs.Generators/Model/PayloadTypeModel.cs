namespace Jobs.Generators.Model;

/// <summary>A type that travels as a whole: a result, or the item of a batch.</summary>
internal sealed record PayloadTypeModel
{
    public required ValueModel Value { get; init; }

    /// <summary>The collections and objects that it reaches, itself included.</summary>
    public required EquatableArray<PayloadShape> Shapes { get; init; }

    /// <summary>As <see cref="PayloadModel.IsImmutable"/>.</summary>
    public required bool IsImmutable { get; init; }

    public TypeRef Type => Value.Type;
}
