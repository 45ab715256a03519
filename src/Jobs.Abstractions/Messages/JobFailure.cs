namespace Jobs.Messages;

/// <summary>One recorded failure of a job.</summary>
public sealed record JobFailure
{
    /// <summary>The longest type name that is kept, in bytes as encoded.</summary>
    public const int MaxTypeBytes = 256;

    /// <summary>The longest worker name that is kept, in bytes as encoded.</summary>
    public const int MaxWorkerBytes = 128;

    /// <summary>The longest message that is kept, in bytes as encoded.</summary>
    public const int MaxMessageBytes = 1024;

    /// <summary>The longest stack trace that is kept, in bytes as encoded; only the last failure keeps one.</summary>
    public const int MaxStackBytes = 4096;

    /// <summary>The attempt that failed.</summary>
    public required int Attempt { get; init; }

    /// <summary>When it failed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The full name of the exception's type.</summary>
    public required string Type { get; init; }

    /// <summary>The exception's message.</summary>
    public required string Message { get; init; }

    /// <summary>The stack trace; kept for the last failure only.</summary>
    public string? Stack { get; init; }

    /// <summary>The worker that ran it.</summary>
    public string? Worker { get; init; }

    /// <summary>Describes an exception. What is too long to be kept is cut and ends in <c>...</c>.</summary>
    public static JobFailure From(Exception exception, int attempt, DateTimeOffset at, string? worker = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new JobFailure
        {
            Attempt = attempt,
            At = at,
            Type = JsonText.Fit(exception.GetType().FullName ?? exception.GetType().Name, MaxTypeBytes),
            Message = JsonText.Fit(exception.InnerException is { } inner ? $"{exception.Message} ---> {inner.GetType().FullName}: {inner.Message}" : exception.Message, MaxMessageBytes),
            Stack = exception.StackTrace is { } stack ? JsonText.Fit(stack, MaxStackBytes) : null,
            Worker = worker is null ? null : JsonText.Fit(worker, MaxWorkerBytes),
        };
    }
}
