namespace Jobs;

/// <summary>Declares a class that handles the jobs of every <see cref="JobContractAttribute">[JobContract]</see> interface it implements.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class JobHandlerAttribute : Attribute;
