using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Jobs.Hosting;
using Jobs.Memory;

namespace Jobs.Tests.Hosting;

/// <summary>docs/configuration.md against the options that it describes.</summary>
public sealed class ConfigurationDocTests
{
    private static readonly string Page = ReadPage();

    public static TheoryData<string, Type> Sections => new()
    {
        { "`Jobs`", typeof(JobsOptions) },
        { "`Jobs:Status`", typeof(StatusOptions) },
        { "`Jobs:Keys`", typeof(KeyOptions) },
        { "`Jobs:Worker`", typeof(WorkerOptions) },
        { "`Jobs:Queues:{name}`", typeof(QueueOptions) },
        { "`Jobs:Defaults`", typeof(JobDefaultOptions) },
        { "`Jobs:Overrides:{job}`", typeof(JobOverrideOptions) },
        { "`Jobs:Schedules:{name}`", typeof(Jobs.Schedules.ScheduleOptions) },
        { "`Jobs:Health`", typeof(HealthOptions) },
        { "`Jobs:Memory`", typeof(MemoryBrokerOptions) },
        { "A call's own options", typeof(EnqueueOptions) },
    };

    [Theory, MemberData(nameof(Sections))]
    public void Every_option_is_on_the_page_and_nothing_else(string title, Type type) =>
        Assert.Equal(PropertiesOf(type).Select(property => property.Name).Order(), RowsOf(title).Keys.Order());

    [Theory, MemberData(nameof(Sections))]
    public void Defaults_are_those_of_the_options(string title, Type type)
    {
        var rows = RowsOf(title);
        var options = Activator.CreateInstance(type);
        foreach (var property in PropertiesOf(type))
        {
            Assert.Equal($"{property.Name}: {Show(property.GetValue(options))}", $"{property.Name}: {rows[property.Name][1].Trim('`')}");
        }
    }

    [Theory, MemberData(nameof(Sections))]
    public void Ranges_are_those_of_the_options(string title, Type type)
    {
        var rows = RowsOf(title);
        foreach (var property in PropertiesOf(type))
        {
            if (property.GetCustomAttribute<WithinAttribute>() is { } range)
            {
                Assert.Equal($"{property.Name}: {RangeOf(range, property)}", $"{property.Name}: {rows[property.Name][2]}");
            }
        }
    }

    [Fact]
    public void The_strategies_of_failure_rules_are_on_the_page() =>
        Assert.Equal(Enum.GetNames<FailureStrategy>(), RowsOf("`Jobs:FailureRules`").Keys);

    [Theory, MemberData(nameof(Sections))]
    public void Each_section_says_how_environment_variables_are_called(string title, Type type)
    {
        if (type != typeof(EnqueueOptions))
        {
            Assert.Contains($"Environment: `{title.Trim('`').Replace(":", "__", StringComparison.Ordinal)}__{{Option}}`. Class: `{type.Name}`.", Page, StringComparison.Ordinal);
        }
    }

    private static PropertyInfo[] PropertiesOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    // The cells of each row of the tables between a heading and the next, by the option in the first.
    private static Dictionary<string, string[]> RowsOf(string title)
    {
        var start = Page.IndexOf($"\n## {title}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"The page has no section {title}.");
        var end = Page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return Page[start..(end < 0 ? Page.Length : end)].Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[0].Trim('`'));
    }

    private static string Show(object? value) => value switch
    {
        null => "none",
        WorkerOptions or StatusOptions or KeyOptions or JobDefaultOptions or HealthOptions or MemoryBrokerOptions => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        ICollection { Count: 0 } => "empty",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"{value.GetType()}"),
    };

    private static string RangeOf(WithinAttribute range, PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        object beyond = type == typeof(TimeSpan) ? TimeSpan.MinValue : type == typeof(string) ? "" : -1;
        var message = range.GetValidationResult(beyond, new ValidationContext(new object()) { MemberName = property.Name })!.ErrorMessage!;
        var start = message.IndexOf("must be ", StringComparison.Ordinal) + "must be ".Length;
        return message[start..message.IndexOf(", but", StringComparison.Ordinal)];
    }

    private static string ReadPage()
    {
        using var stream = typeof(ConfigurationDocTests).Assembly.GetManifestResourceStream("configuration.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
