namespace Jobs.Generators.Model;

/// <summary>A failure rule: an exception type, and the strategy's constant as source.</summary>
internal sealed record FailureRuleModel(string ExceptionType, string Strategy);
