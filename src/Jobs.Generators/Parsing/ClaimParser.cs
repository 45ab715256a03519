using System.Globalization;
using Jobs.Generators.Analysis;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Reads <c>[Concurrency]</c> and <c>[Idempotent]</c> of a job. What is wrong is reported and left out.</summary>
internal sealed class ClaimParser(IMethodSymbol method, JobSignature signature, IJobSink? sink)
{
    private const int MostRuns = 1_000_000;
    private const long DefaultRetention = TimeSpan.TicksPerDay;
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(365);

    private readonly AttributeData? _concurrency = method.FindAttribute("ConcurrencyAttribute");
    private readonly AttributeData? _idempotent = method.FindAttribute("IdempotentAttribute");
    private readonly SettingReader _settings = new(method, sink);

    /// <summary>The names of the attributes of a method that do nothing without <c>[Job]</c>.</summary>
    public static IEnumerable<string> FindAll(IMethodSymbol method) =>
        ((string[])["Concurrency", "Idempotent"]).Where(name => method.FindAttribute(name + "Attribute") is not null);

    /// <summary>Parses them.</summary>
    public ClaimModel Parse(int? batchSize) => new()
    {
        Limit = Limit(batchSize),
        ConcurrencyKey = new KeyTemplateParser(method, signature, sink).Parse(_concurrency?.Named<string>("Key")),
        RetentionTicks = _idempotent is null ? null : _settings.Duration(_idempotent, "Retention", ShortestRetention, LongestRetention) ?? DefaultRetention,
        IdempotencyKey = IdempotencyKey(),
    };

    private int? Limit(int? batchSize)
    {
        if (_concurrency?.ConstructorArguments is not [{ Value: int value }] || _settings.Number("The limit of [Concurrency]", value, 1, MostRuns) is not { } limit)
        {
            return null;
        }

        if (limit < batchSize)
        {
            sink?.Report(
                JobDiagnostics.LimitBelowBatch, method, method.Name, limit.ToString(CultureInfo.InvariantCulture), batchSize.Value.ToString(CultureInfo.InvariantCulture));
        }

        return limit;
    }

    private KeyTemplateModel? IdempotencyKey()
    {
        var key = new KeyTemplateParser(method, signature, sink).Parse(_idempotent?.Named<string>("Key"));
        if (key is not null && !key.Parts.Any(static part => part.IsValue))
        {
            sink?.Report(JobDiagnostics.ConstantIdempotencyKey, method, method.Name, key.Text);
        }

        return key;
    }
}
