namespace Jobs.Brokers.Nats.Provisioning;

/// <summary>How something on the server differs from what Jobs needs.</summary>
/// <param name="Text">What is there, and what should be.</param>
/// <param name="CanBeChanged">False if it has to be deleted and made anew.</param>
internal sealed record Difference(string Text, bool CanBeChanged);
