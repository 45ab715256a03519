using System.Diagnostics.Metrics;
using System.Reflection;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Tests.Telemetry;

/// <summary>docs/telemetry.md against the instruments and the log messages. Run alone: a listener is one for the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class TelemetryDocTests
{
    private static readonly string Page = ReadPage();

    [Fact]
    public void Every_instrument_is_on_the_page_with_its_unit_and_nothing_else()
    {
        var published = new List<string>();
        using var telemetry = new JobsTelemetry();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (telemetry.Owns(instrument.Meter))
                {
                    published.Add($"{instrument.Name} {instrument.Unit}");
                }
            },
        };
        listener.Start();
        telemetry.ObserveWorker(static () => [], static () => 0, static () => 0);
        telemetry.ObserveEvictions(static () => 0);

        Assert.Equal(published.Order(), RowsOf("Metrics").Select(static row => $"{row[0]} {row[1]}").Order());
    }

    [Fact]
    public void Ids_and_levels_are_those_of_the_messages()
    {
        var levels = typeof(JobsTelemetry).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .ToDictionary(static message => message.EventId, static message => message.Level);
        var rows = RowsOf("Logs");
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var named = row[1].Split(", ");
            var ids = row[0].Split(", ").Select(int.Parse).ToList();
            Assert.All(ids, (id, index) => Assert.Equal(named[Math.Min(index, named.Length - 1)], levels[id].ToString()));
        }
    }

    private static List<string[]> RowsOf(string title) =>
        [.. Page.Split($"\n## {title}\n")[1].Split("\n## ")[0].Split('\n')
            .SkipWhile(static line => !line.StartsWith("|--", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Trim('|').Split('|').Select(static cell => cell.Trim(' ', '`')).ToArray())];

    private static string ReadPage()
    {
        using var stream = typeof(TelemetryDocTests).Assembly.GetManifestResourceStream("telemetry.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
