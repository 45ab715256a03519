namespace Jobs;

/// <summary>Says what a failure of one exception type (or a derived one) means for a job, or for all jobs of a class.</summary>
/// <remarks>The most derived type wins; a method's rules are asked before its class's, and those before the host's.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class | AttributeTargets.Interface, AllowMultiple = true)]
public sealed class FailureRuleAttribute(Type exceptionType, FailureStrategy strategy) : Attribute
{
    /// <summary>The exception type that the rule is for.</summary>
    public Type ExceptionType { get; } = exceptionType;

    /// <summary>What is done.</summary>
    public FailureStrategy Strategy { get; } = strategy;
}
