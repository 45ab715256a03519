namespace Jobs.Definitions;

/// <summary>How a job accumulates.</summary>
/// <param name="Size">The most items in one call.</param>
/// <param name="Window">How long the first item waits for company.</param>
public sealed record BatchPolicy(int Size, TimeSpan Window);
