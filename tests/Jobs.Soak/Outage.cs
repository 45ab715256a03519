namespace Jobs.Soak;

/// <summary>From when to when the server was away, in Unix milliseconds.</summary>
internal readonly record struct Outage(long From, long Until);
