using System.Collections.Immutable;
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
    private const int DefaultBatchSize = 100;
    private const long DefaultWindow = 5 * TimeSpan.TicksPerSecond;
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLease = TimeSpan.FromHours(12);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private readonly SettingReader _settings = new(method, sink);

    public PolicyModel Parse()
    {
        var backoff = _settings.Duration(attribute, "Backoff", TimeSpan.Zero, Day);
        var maxBackoff = _settings.Duration(attribute, "MaxBackoff", TimeSpan.Zero, Month);
        if (backoff > maxBackoff)
        {
            _settings.Report("Backoff", attribute.Named<string>("Backoff") ?? "", "a duration that is not longer than MaxBackoff");
            backoff = null;
        }

        var timeout = _settings.Duration(attribute, "Timeout", TimeSpan.FromMilliseconds(1), Month);
        var grace = _settings.Duration(attribute, "HardTimeoutGrace", TimeSpan.Zero, Day);
        if (timeout + (grace ?? DefaultGrace.Ticks) is { } longest && longest > LongestLease.Ticks)
        {
            sink?.Report(JobDiagnostics.LongTimeout, method, method.Name, SettingReader.Text(TimeSpan.FromTicks(longest)));
        }

        var retryOn = Exceptions("RetryOn");
        var noRetryOn = Exceptions("NoRetryOn");
        foreach (var type in noRetryOn.Where(type => retryOn.Contains(type, SymbolEqualityComparer.Default)))
        {
            _settings.Report("NoRetryOn", type.ToDisplayString(), "a type that RetryOn does not name");
        }

        return new()
        {
            MaxAttempts = _settings.Number(attribute, "MaxAttempts", 1, MaxRuns),
            MaxCrashes = _settings.Number(attribute, "MaxCrashes", 0, MaxRuns),
            Backoff = backoff,
            MaxBackoff = maxBackoff,
            Timeout = timeout,
            HardTimeoutGrace = grace,
            Priority = _settings.Enum(attribute, "Priority"),
            OnConflict = _settings.Enum(attribute, "OnConflict"),
            RequireResult = attribute.Named<bool>("RequireResult"),
            RetryOn = Names(retryOn),
            NoRetryOn = Names(noRetryOn),
            FailureRules = Rules(method).Concat(Rules(method.ContainingType)).ToEquatableArray(),
        };
    }

    public int Version() => _settings.Number(attribute, "Version", 1, int.MaxValue) ?? 1;

    /// <summary>The queue, or null for the default one.</summary>
    public string? Queue()
    {
        var name = attribute.Named<string>("Queue");
        if (name is null || JobNames.IsQueue(name))
        {
            return name;
        }

        _settings.Report("Queue", name, "1 to 64 ASCII letters, digits, '-' and '_'");
        return null;
    }

    /// <summary>The size and window of a batch.</summary>
    public (int Size, long WindowTicks) Batch(AttributeData batch) =>
        (_settings.Number(batch, "Size", 1, MaxBatchSize) ?? DefaultBatchSize, _settings.Duration(batch, "Window", TimeSpan.Zero, Day) ?? DefaultWindow);

    // Exceptions may share an interface, so one can be named too.
    private static bool CanBeThrown(INamedTypeSymbol type) => type.TypeKind == TypeKind.Interface || type.Inherits("System", "Exception");

    private IEnumerable<FailureRuleModel> Rules(ISymbol symbol)
    {
        foreach (var rule in symbol.GetAttributes())
        {
            if (rule.AttributeClass?.IsOurs("FailureRuleAttribute") == true
                && rule.ConstructorArguments is [{ Value: INamedTypeSymbol { TypeKind: not TypeKind.Error } type }, var strategy]
                && ConstantSource.Of(strategy) is { } source)
            {
                if (!CanBeThrown(type))
                {
                    _settings.Report("FailureRule", type.ToDisplayString(), "the type of an exception");
                    continue;
                }

                yield return new FailureRuleModel(TypeRef.Of(type).Name, source);
            }
        }
    }

    private List<INamedTypeSymbol> Exceptions(string setting)
    {
        var types = new List<INamedTypeSymbol>();
        foreach (var type in attribute.NamedArray(setting).Select(static t => t.Value).OfType<ITypeSymbol>().Where(static t => t.TypeKind != TypeKind.Error))
        {
            if (type is INamedTypeSymbol named && CanBeThrown(named))
            {
                types.Add(named);
            }
            else
            {
                _settings.Report(setting, type.ToDisplayString(), "types of exceptions");
            }
        }

        return types;
    }

    private static EquatableArray<string> Names(List<INamedTypeSymbol> types) => types.Select(static t => TypeRef.Of(t).Name).ToEquatableArray();
}
