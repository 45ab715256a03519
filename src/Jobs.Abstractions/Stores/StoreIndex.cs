namespace Jobs.Stores;

/// <summary>An index of entries.</summary>
/// <param name="Name">1 to 512 characters of any text.</param>
/// <param name="Capacity">The most it holds, 1 or more; with each write beyond, its oldest entries are deleted.</param>
public sealed record StoreIndex(string Name, int Capacity);
