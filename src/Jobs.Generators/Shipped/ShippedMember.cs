namespace Jobs.Generators.Shipped;

/// <summary>A member of a payload or result, as <c>Jobs.Shipped.txt</c> records it.</summary>
/// <param name="Path">Its JSON name, with those of the objects around it: <c>order.lines[].price</c>. Empty for the whole of a result.</param>
/// <param name="Type">What its JSON may be, in one word; ends in <c>?</c> if null is allowed.</param>
/// <param name="IsRequired">True if reading fails without it.</param>
/// <param name="MayBeOmitted">True if writing leaves it out at times. Not recorded.</param>
internal sealed record ShippedMember(string Path, string Type, bool IsRequired, bool MayBeOmitted = false)
{
    /// <summary>True for what the job returns, false for what it takes.</summary>
    public bool IsResult { get; init; }

    /// <summary>As messages name it.</summary>
    public string Label => !IsResult ? $"'{Path}'" : IsWhole ? "the result" : $"'{Path}' of the result";

    private bool IsWhole => Path.Length == 0;

    /// <summary>True for the same place, perhaps of another release.</summary>
    public bool IsAt(ShippedMember other) => IsResult == other.IsResult && Path == other.Path;

    /// <summary>True for a member of this one, or of its elements.</summary>
    public bool Holds(ShippedMember other) =>
        IsResult == other.IsResult && other.Path.Length > Path.Length
        && (IsWhole || (other.Path.StartsWith(Path, StringComparison.Ordinal) && other.Path[Path.Length] is '.' or '['));

    /// <summary>As the file has it.</summary>
    public override string ToString() =>
        (IsResult ? "returns " : "") + (IsResult && IsWhole ? Type : $"{(IsRequired ? "required" : "optional")} {Type} {Path}");
}
