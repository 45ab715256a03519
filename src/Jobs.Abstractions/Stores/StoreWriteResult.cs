namespace Jobs.Stores;

/// <summary>What became of a write.</summary>
/// <param name="Written">False if the condition did not hold; nothing was changed.</param>
/// <param name="Version">The version that is there now; 0 if there is none or it is not known.</param>
public readonly record struct StoreWriteResult(bool Written, long Version);
