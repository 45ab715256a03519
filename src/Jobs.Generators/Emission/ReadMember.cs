using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>A member as the reader of its object sees it.</summary>
/// <param name="Index">Numbers its local.</param>
/// <param name="JsonName">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="MayBeNull">False if a null is an error.</param>
/// <param name="Default">The source of the value that its local begins with, or null for the type's default.</param>
/// <param name="IsRequired">True if reading fails without it.</param>
/// <param name="IsTracked">True if it must be known whether the JSON had it.</param>
internal sealed record ReadMember(int Index, string JsonName, ValueModel Value, bool MayBeNull, string? Default, bool IsRequired, bool IsTracked)
{
    public string Local => "m" + Literal.Of(Index);
}
