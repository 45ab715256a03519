namespace Jobs.Definitions;

/// <summary>What a failure of one exception type (or a derived one) means.</summary>
public readonly record struct FailureRule(Type ExceptionType, FailureStrategy Strategy);
