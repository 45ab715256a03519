using Jobs.Stores;

namespace Jobs.Status;

/// <summary>Tells an owner what became of its writes.</summary>
/// <param name="owner">Who wrote.</param>
/// <param name="results">One for each of its writes; empty if they failed.</param>
/// <param name="error">Why they failed, or null.</param>
internal delegate void RecordsWritten(object owner, ReadOnlySpan<StoreWriteResult> results, Exception? error);
