namespace Jobs;

/// <summary>Thrown by a handler: not now. Nothing is recorded and no attempt is used.</summary>
public sealed class DeferJobException : JobException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="after">The least delay; zero or more.</param>
    /// <param name="message">Why.</param>
    public DeferJobException(TimeSpan after, string? message = null)
        : base(message ?? $"The job asked to run no earlier than in {after}.")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        After = after;
    }

    /// <summary>The least delay.</summary>
    public TimeSpan After { get; }
}
