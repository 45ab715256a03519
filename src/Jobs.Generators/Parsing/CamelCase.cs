namespace Jobs.Generators.Parsing;

/// <summary>The names that <c>JsonNamingPolicy.CamelCase</c> makes; a generator cannot reference it.</summary>
internal static class CamelCase
{
    /// <summary><c>UserId</c> is <c>userId</c>, <c>URLValue</c> is <c>urlValue</c>, <c>ID</c> is <c>id</c>.</summary>
    public static string Of(string name)
    {
        var characters = name.ToCharArray();
        for (var i = 0; i < characters.Length && char.IsUpper(characters[i]); i++)
        {
            // The last capital of a run begins the next word.
            if (i > 0 && i + 1 < characters.Length && !char.IsUpper(characters[i + 1]))
            {
                break;
            }

            characters[i] = char.ToLowerInvariant(characters[i]);
        }

        return new string(characters);
    }
}
