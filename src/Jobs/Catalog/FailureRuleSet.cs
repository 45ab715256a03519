using System.Collections.Concurrent;
using Jobs.Definitions;

namespace Jobs.Catalog;

/// <summary>The failure rules of a job, the host's included. Safe for concurrent use.</summary>
/// <remarks>The most derived exception type wins; for one type the method's rule, then its class's, the host's in code, the host's in configuration.</remarks>
public sealed class FailureRuleSet
{
    private readonly FailureRule[] _rules;
    private readonly IReadOnlyDictionary<string, FailureStrategy> _named;
    private readonly ConcurrentDictionary<Type, Found>? _found;

    /// <summary>Makes a set.</summary>
    /// <param name="rules">Rules by type, in the order they are asked.</param>
    /// <param name="named">Rules by the full name of the exception type.</param>
    public FailureRuleSet(IEnumerable<FailureRule> rules, IReadOnlyDictionary<string, FailureStrategy> named)
    {
        _rules = [.. rules];
        _named = named;
        _found = _rules.Length + named.Count == 0 ? null : new();
    }

    /// <summary>What a failure with this type of exception means, or null if no rule says.</summary>
    public FailureStrategy? Find(Type exceptionType) =>
        _found?.GetOrAdd(exceptionType, static (type, set) => new Found(set.Search(type)), this).Strategy;

    private FailureStrategy? Search(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (var rule in _rules)
            {
                if (rule.ExceptionType == type)
                {
                    return rule.Strategy;
                }
            }

            if (type.FullName is { } name && _named.TryGetValue(name, out var strategy))
            {
                return strategy;
            }
        }

        return null;
    }

    private sealed record Found(FailureStrategy? Strategy);
}
