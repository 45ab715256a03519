namespace Jobs.Keys;

/// <summary>What became of the wish to have a key.</summary>
/// <param name="StoreKey">Where the store keeps the key.</param>
/// <param name="Record">Who has it now: the one who asked, or the other.</param>
/// <param name="Version">The record's version: what <see cref="Record"/> may be changed by; 0 if there is none to be changed.</param>
/// <param name="IsMine">True if the job that was asked for has it.</param>
internal sealed record KeyClaim(string StoreKey, KeyRecord Record, long Version, bool IsMine)
{
    /// <summary>Another job has it that is only about to be sent, and may turn out not to exist: ask again soon.</summary>
    public bool IsUndecided => !IsMine && Record.Phase == KeyPhase.Reserved;
}
