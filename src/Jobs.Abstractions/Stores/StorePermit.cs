namespace Jobs.Stores;

/// <summary>A permit that somebody holds.</summary>
/// <param name="Key">What it is for.</param>
/// <param name="Owner">Who holds it.</param>
public readonly record struct StorePermit(string Key, string Owner);
