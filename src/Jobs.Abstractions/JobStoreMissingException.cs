namespace Jobs;

/// <summary>Something needs a store, and none is configured.</summary>
public sealed class JobStoreMissingException(string feature)
    : JobException($"{feature} needs a store, and none is configured. Set 'Jobs:Store', or use a broker that brings one.");
