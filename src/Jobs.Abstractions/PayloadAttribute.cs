namespace Jobs;

/// <summary>Says that a job's parameter is part of the payload, where the rules would take it for a service.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PayloadAttribute : Attribute;
