namespace Jobs.Stores;

/// <summary>A page of an index.</summary>
/// <param name="Entries">What was written last first. May be shorter than asked for, or empty, though there is a next page.</param>
/// <param name="Next">The cursor of the next page; null if this is the last.</param>
public sealed record StorePage(IReadOnlyList<StoreEntry> Entries, string? Next);
