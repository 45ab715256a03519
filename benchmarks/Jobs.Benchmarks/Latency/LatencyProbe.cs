namespace Jobs.Benchmarks.Latency;

/// <summary>One way from enqueue to start.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Send">Sends one job; returns when it is accepted.</param>
internal sealed record LatencyProbe(string Name, Action Send);
