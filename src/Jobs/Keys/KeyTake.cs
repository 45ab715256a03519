namespace Jobs.Keys;

/// <summary>What became of the key of one message that is about to be sent.</summary>
/// <param name="Claim">Who has the key: the message's job, or another, and then it is not sent.</param>
/// <param name="Replaced">The job that the key was taken from; it is cancelled once the new one is sent.</param>
internal sealed record KeyTake(KeyClaim Claim, KeyRecord? Replaced = null);
