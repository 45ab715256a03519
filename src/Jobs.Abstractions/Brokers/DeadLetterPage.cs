namespace Jobs.Brokers;

/// <summary>A page of dead letters.</summary>
/// <param name="Items">The entries, oldest first.</param>
/// <param name="Next">The cursor of the next page, or null if this is the last.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, string? Next);
