using System.Collections.Immutable;
using System.Globalization;
using Jobs.Generators.Analysis;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Reads the settings of <c>[Job]</c>, <c>[Batch]</c> and <c>[FailureRule]</c> at compile time.</summary>
/// <remarks>A setting that is wrong is reported and left out; the job is generated without it.</remarks>
internal sealed class PolicyParser(IMethodSymbol method, AttributeData attribute, IJobSink? sink)
{
    private const int MaxRuns = 1_000;
    private const int MaxBatchSize = 100_000;
    private const long DefaultWindow = 5 * TimeSpan.TicksPerSecond;
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLease = TimeSpan.FromHours(12);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    public PolicyModel Parse()
    {
        var backoff = Duration(attribute, "Backoff", TimeSpan.Zero, Day);
        var maxBackoff = Duration(attribute, "MaxBackoff", TimeSpan.Zero, Month);
        if (backoff > maxBackoff)
        {
            Report("Backoff", attribute.Named<string>("Backoff") ?? "", "a duration that is not longer than MaxBackoff");
            backoff = null;
        }

        var timeout = Duration(attribute, "Timeout", TimeSpan.FromMilliseconds(1), Month);
        var grace = Duration(attribute, "HardTimeoutGrace", TimeSpan.Zero, Day);
        if (timeout + (grace ?? DefaultGrace.Ticks) is { } longest && longest > LongestLease.Ticks)
        {
            sink?.Report(JobDiagnostics.LongTimeout, method, method.Name, Text(TimeSpan.FromTicks(longest)));
        }

        return new()
        {
            MaxAttempts = Number("MaxAttempts", 1, MaxRuns),
            MaxCrashes = Number("MaxCrashes", 0, MaxRuns),
            Backoff = backoff,
            MaxBackoff = maxBackoff,
            Timeout = timeout,
            HardTimeoutGrace = grace,
            Priority = Level("Priority", "Low, Normal or High"),
            OnConflict = Level("OnConflict", "Reject, ReturnExisting or Replace"),
            RequireResult = attribute.Named<bool>("RequireResult"),
            RetryOn = Types(attribute.NamedArray("RetryOn")),
            NoRetryOn = Types(attribute.NamedArray("NoRetryOn")),
            FailureRules = Rules(method).Concat(Rules(method.ContainingType)).ToEquatableArray(),
        };
    }

    public int Version() => Number("Version", 1, int.MaxValue) ?? 1;

    /// <summary>The queue, or null for the default one.</summary>
    public string? Queue()
    {
        var name = attribute.Named<string>("Queue");
        if (name is null || JobNames.IsQueue(name))
        {
            return name;
        }

        Report("Queue", name, "1 to 64 ASCII letters, digits, '-' and '_'");
        return null;
    }

    /// <summary>The size and window of a batch.</summary>
    public (int Size, long WindowTicks) Batch(AttributeData batch)
    {
        var size = batch.HasNamed("Size") ? batch.Named<int>("Size") : 100;
        if (size is < 1 or > MaxBatchSize)
        {
            Report("Size", size.ToString(CultureInfo.InvariantCulture), $"a number from 1 to {Text(MaxBatchSize)}");
            size = 100;
        }

        return (size, Duration(batch, "Window", TimeSpan.Zero, Day) ?? DefaultWindow);
    }

    // A cast can make a level that no queue has.
    private string? Level(string name, string levels)
    {
        if (attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value is not { Kind: TypedConstantKind.Enum } value)
        {
            return null;
        }

        if (value.Type?.GetMembers().OfType<IFieldSymbol>().Any(level => Equals(level.ConstantValue, value.Value)) == true)
        {
            return ConstantSource.Of(value);
        }

        Report(name, Convert.ToString(value.Value, CultureInfo.InvariantCulture), levels);
        return null;
    }

    private static IEnumerable<FailureRuleModel> Rules(ISymbol symbol)
    {
        foreach (var rule in symbol.GetAttributes())
        {
            if (rule.AttributeClass?.IsOurs("FailureRuleAttribute") == true
                && rule.ConstructorArguments is [{ Value: INamedTypeSymbol { TypeKind: not TypeKind.Error } type }, var strategy]
                && ConstantSource.Of(strategy) is { } source)
            {
                yield return new FailureRuleModel(TypeRef.Of(type).Name, source);
            }
        }
    }

    private static EquatableArray<string> Types(ImmutableArray<TypedConstant> types) =>
        types.Select(static t => t.Value).OfType<INamedTypeSymbol>().Where(static t => t.TypeKind != TypeKind.Error).Select(static t => TypeRef.Of(t).Name).ToEquatableArray();

    private static string Text(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    // 00:00:00.001, without the zeros that the format would add.
    private static string Text(TimeSpan value) =>
        value.Milliseconds == 0 ? value.ToString("c", CultureInfo.InvariantCulture) : value.ToString(@"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);

    private int? Number(string name, int least, int most)
    {
        if (!attribute.HasNamed(name))
        {
            return null;
        }

        var value = attribute.Named<int>(name);
        if (value >= least && value <= most)
        {
            return value;
        }

        Report(name, value.ToString(CultureInfo.InvariantCulture), $"a number from {Text(least)} to {Text(most)}");
        return null;
    }

    private long? Duration(AttributeData from, string name, TimeSpan least, TimeSpan most)
    {
        if (from.Named<string>(name) is not { } text)
        {
            return null;
        }

        // The format would take "30" for thirty days, which nobody means.
        if (text.IndexOf(':') >= 0 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value.Ticks;
        }

        Report(name, text, $"a duration from {Text(least)} to {Text(most)}");
        return null;
    }

    private void Report(string setting, string value, string expected) =>
        sink?.Report(JobDiagnostics.InvalidSetting, method, setting, value, expected);
}
