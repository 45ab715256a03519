using System.Globalization;
using Jobs.Generators.Analysis;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Reads the settings of attributes that have bounds. One that is out of them is reported, and read as if it were not there.</summary>
internal sealed class SettingReader(IMethodSymbol method, IJobSink? sink)
{
    public int? Number(AttributeData from, string name, int least, int most) => from.HasNamed(name) ? Number(name, from.Named<int>(name), least, most) : null;

    /// <param name="setting">What the setting is called where it is reported.</param>
    /// <param name="value">What it is.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The most that it may be.</param>
    public int? Number(string setting, int value, int least, int most)
    {
        if (value >= least && value <= most)
        {
            return value;
        }

        Report(setting, value.ToString(CultureInfo.InvariantCulture), $"a number from {Text(least)} to {Text(most)}");
        return null;
    }

    /// <returns>Ticks.</returns>
    public long? Duration(AttributeData from, string name, TimeSpan least, TimeSpan most)
    {
        if (from.Named<string>(name) is not { } text)
        {
            return null;
        }

        if (Duration(text) is { } value && value >= least && value <= most)
        {
            return value.Ticks;
        }

        Report(name, text, $"a duration from {Text(least)} to {Text(most)}");
        return null;
    }

    // The format would take "30" for thirty days, which nobody means.
    public static TimeSpan? Duration(string text) =>
        text.IndexOf(':') >= 0 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) ? value : null;

    // A cast can make a value that the enum does not have.
    /// <returns>The constant as source.</returns>
    public string? Enum(AttributeData from, string name)
    {
        if (from.NamedArguments.FirstOrDefault(a => a.Key == name).Value is not { Kind: TypedConstantKind.Enum, Type: { } type } value)
        {
            return null;
        }

        var known = type.GetMembers().OfType<IFieldSymbol>().ToList();
        if (known.Any(field => Equals(field.ConstantValue, value.Value)))
        {
            return ConstantSource.Of(value);
        }

        var names = known.ConvertAll(static field => field.Name);
        Report(name, Convert.ToString(value.Value, CultureInfo.InvariantCulture), $"{string.Join(", ", names.Take(names.Count - 1))} or {names.Last()}");
        return null;
    }

    public void Report(string setting, string value, string expected) => sink?.Report(JobDiagnostics.InvalidSetting, method, setting, value, expected);

    // 00:00:00.001, without the zeros that the format would add.
    public static string Text(TimeSpan value) =>
        value.Milliseconds == 0 ? value.ToString("c", CultureInfo.InvariantCulture) : value.ToString(@"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
