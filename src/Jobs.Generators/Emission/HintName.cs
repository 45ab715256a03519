using System.Globalization;
using System.Text;

namespace Jobs.Generators.Emission;

/// <summary>Names generated files: short enough for every file system, the same in every build.</summary>
internal static class HintName
{
    public const int MaxLength = 100;
    private const string Extension = ".g.cs";
    private const int HashLength = 9;

    /// <summary>A file name for a generated type. Carries a hash of the whole name where the name alone would not do.</summary>
    /// <param name="fullName">The type, from its namespace on.</param>
    /// <param name="isUnique">False if another file is called so, or differs only in case.</param>
    public static string Of(string fullName, bool isUnique = true)
    {
        var name = new StringBuilder(fullName.Length);
        foreach (var c in fullName)
        {
            name.Append(c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '.' or '_' ? c : '_');
        }

        var isWhole = name.ToString() == fullName && name.Length + Extension.Length <= MaxLength;
        if (isWhole && isUnique)
        {
            return name + Extension;
        }

        name.Length = Math.Min(name.Length, MaxLength - Extension.Length - HashLength);
        return $"{name}-{Hash(fullName)}{Extension}";
    }

    // FNV-1a: string.GetHashCode differs from process to process.
    private static string Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ c) * 16777619u);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
