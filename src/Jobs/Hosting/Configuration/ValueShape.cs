using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Jobs.Hosting.Configuration;

/// <summary>A single value.</summary>
/// <param name="describeProblem">Says what a text must be instead; null if it is well.</param>
internal sealed class ValueShape(Func<string, string?> describeProblem) : SectionShape
{
    private const string DurationHelp = "must be a duration, hours:minutes:seconds such as '00:00:30', with days in front such as '1.12:00:00'";

    public static readonly ValueShape Text = new(_ => null);

    public static readonly ValueShape Whole = new(text =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? null : "must be a whole number");

    // The binder converts to int, and its message on overflow shows neither range nor path.
    public static readonly ValueShape Int = new(text =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? null : "must be a whole number, at most 2,147,483,647");

    public static readonly ValueShape Boolean = new(text => bool.TryParse(text, out _) ? null : "must be 'true' or 'false'");

    // TimeSpan.Parse takes '30' for 30 days and '24:00:00' for 24 days; nobody means that.
    public static readonly ValueShape Duration = new(text =>
        text.AsSpan().Count(':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _) ? null : DurationHelp);

    /// <summary>One of an enum's names, in any case.</summary>
    public static ValueShape Name<TEnum>()
        where TEnum : struct, Enum
    {
        var names = Enum.GetNames<TEnum>();
        return new(text => names.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"must be one of {string.Join(", ", names)}");
    }

    public override void Check(IConfigurationSection section, ICollection<string> problems)
    {
        if (section.Value is { } text)
        {
            if (describeProblem(text) is { } problem)
            {
                problems.Add($"{section.Path} {problem}, but is '{text}'.");
            }
        }
        else if (section.GetChildren().Any())
        {
            problems.Add($"{section.Path} must be a single value, but is a section.");
        }
    }
}
