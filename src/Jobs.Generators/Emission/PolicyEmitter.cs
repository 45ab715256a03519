using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the settings of one job, if there are any.</summary>
internal static class PolicyEmitter
{
    public static void Emit(SourceWriter w, PolicyModel policy, ClaimModel claims)
    {
        if (policy == new PolicyModel() && claims is { Limit: null, RetentionTicks: null })
        {
            return;
        }

        using (w.Block("Policy = new global::Jobs.Definitions.JobPolicy", ","))
        {
            Number(w, "MaxAttempts", policy.MaxAttempts);
            Number(w, "MaxCrashes", policy.MaxCrashes);
            Duration(w, "Backoff", policy.Backoff);
            Duration(w, "MaxBackoff", policy.MaxBackoff);
            Duration(w, "Timeout", policy.Timeout);
            Duration(w, "HardTimeoutGrace", policy.HardTimeoutGrace);
            Number(w, "ConcurrencyLimit", claims.Limit);
            Duration(w, "IdempotencyRetention", claims.RetentionTicks);
            if (policy.Priority is not null)
            {
                w.WriteLine($"Priority = {policy.Priority},");
            }

            if (policy.OnConflict is not null)
            {
                w.WriteLine($"OnConflict = {policy.OnConflict},");
            }

            if (policy.RequireResult)
            {
                w.WriteLine("RequireResult = true,");
            }

            List(w, "RetryOn", "global::System.Type", policy.RetryOn.Select(static t => $"typeof({t})"));
            List(w, "NoRetryOn", "global::System.Type", policy.NoRetryOn.Select(static t => $"typeof({t})"));
            List(w, "FailureRules", "global::Jobs.Definitions.FailureRule", policy.FailureRules.Select(static r =>
                $"new global::Jobs.Definitions.FailureRule(typeof({r.ExceptionType}), {r.Strategy})"));
        }
    }

    private static void Number(SourceWriter w, string name, int? value)
    {
        if (value is { } number)
        {
            w.WriteLine($"{name} = {Literal.Of(number)},");
        }
    }

    private static void Duration(SourceWriter w, string name, long? ticks)
    {
        if (ticks is { } value)
        {
            w.WriteLine($"{name} = {DefinitionEmitter.Duration(value)},");
        }
    }

    private static void List(SourceWriter w, string name, string type, IEnumerable<string> items)
    {
        var list = string.Join(", ", items);
        if (list.Length > 0)
        {
            w.WriteLine($"{name} = new {type}[] {{ {list} }},");
        }
    }
}
