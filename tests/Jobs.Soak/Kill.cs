namespace Jobs.Soak;

/// <summary>A worker that was killed, and when, in Unix milliseconds.</summary>
internal readonly record struct Kill(int Worker, long At);
