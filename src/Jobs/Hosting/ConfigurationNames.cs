using System.Buffers;
using System.ComponentModel.DataAnnotations;

namespace Jobs.Hosting;

/// <summary>How names look and how messages speak of them.</summary>
internal static class ConfigurationNames
{
    private static readonly SearchValues<char> Letters =
        SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether a text can name a queue or a namespace.</summary>
    public static bool IsName(string text) => text.Length is >= 1 and <= 64 && !text.AsSpan().ContainsAnyExcept(Letters);

    /// <summary>The configuration path of a member. The generated validators join a member to the name they were called with by a dot.</summary>
    public static string PathOf(ValidationContext context)
    {
        var (name, member) = (context.DisplayName, context.MemberName ?? "");
        if (!name.EndsWith($".{member}", StringComparison.Ordinal))
        {
            return name;
        }

        // Dots elsewhere are the generator's in "Jobs.Worker", and a job's own in "Jobs:Overrides:email.welcome".
        var owner = name[..^(member.Length + 1)];
        return $"{(owner.Contains(':', StringComparison.Ordinal) ? owner : owner.Replace('.', ':'))}:{member}";
    }

    /// <summary>Ends a message about an unknown name: what it may have meant, and all that is known.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.OrdinalIgnoreCase).ToArray();
        if (names.Length == 0)
        {
            return "None is known.";
        }

        var closest = names.MinBy(candidate => Distance(name, candidate))!;
        var isClose = Distance(name, closest) <= Math.Max(1, name.Length / 3);
        return $"{(isClose ? $"Did you mean '{closest}'? " : "")}Known: {string.Join(", ", names)}.";
    }

    // Edit distance, where swapped neighbours count once: they are the commonest slip.
    private static int Distance(string left, string right)
    {
        var (a, b) = (left.ToUpperInvariant(), right.ToUpperInvariant());
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
