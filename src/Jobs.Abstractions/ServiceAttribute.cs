namespace Jobs;

/// <summary>Says that a job's parameter is resolved from the container and is not part of the payload.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ServiceAttribute : Attribute;
