namespace Jobs.Generators.Shipped;

/// <summary>A member of a payload, as <c>Jobs.Shipped.txt</c> records it.</summary>
/// <param name="Path">Its JSON name, with those of the objects around it: <c>order.lines[].price</c>.</param>
/// <param name="Type">What its JSON may be, in one word; ends in <c>?</c> if null is allowed.</param>
/// <param name="IsRequired">True if reading fails without it.</param>
/// <param name="MayBeOmitted">True if writing leaves it out at times. Not recorded.</param>
internal sealed record ShippedMember(string Path, string Type, bool IsRequired, bool MayBeOmitted = false)
{
    /// <summary>True for a member of this one, or of its elements.</summary>
    public bool Holds(ShippedMember other) =>
        other.Path.Length > Path.Length && other.Path.StartsWith(Path, StringComparison.Ordinal) && other.Path[Path.Length] is '.' or '[';

    /// <summary>As the file has it.</summary>
    public override string ToString() => $"{(IsRequired ? "required" : "optional")} {Type} {Path}";
}
