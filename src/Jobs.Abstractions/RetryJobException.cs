using System.Net;

namespace Jobs;

/// <summary>Thrown by a handler: this attempt failed, try again, but never before the given time has passed.</summary>
/// <remarks>The failure is recorded and counts as an attempt. Jitter only adds to the delay.</remarks>
public sealed class RetryJobException : JobException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="after">The least delay; zero or more.</param>
    /// <param name="message">Why.</param>
    /// <param name="innerException">The cause.</param>
    public RetryJobException(TimeSpan after, string? message = null, Exception? innerException = null)
        : base(message ?? $"The job asked to be retried after {after}.", innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        After = after;
    }

    /// <summary>The least delay.</summary>
    public TimeSpan After { get; }

    /// <summary>Reads how long to wait from a response's <c>Retry-After</c> (RFC 9110 section 10.2.3); 30 s if there is none.</summary>
    /// <param name="response">The answer, of status 429 or 503 as a rule.</param>
    /// <param name="timeProvider">Tells now, for the date form.</param>
    public static RetryJobException From(HttpResponseMessage response, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        var retryAfter = response.Headers.RetryAfter;
        var after = retryAfter?.Delta ?? (retryAfter?.Date - (timeProvider ?? TimeProvider.System).GetUtcNow()) ?? TimeSpan.FromSeconds(30);
        var status = response.StatusCode == HttpStatusCode.TooManyRequests ? "too many requests" : $"status {(int)response.StatusCode}";
        return new RetryJobException(after < TimeSpan.Zero ? TimeSpan.Zero : after, $"The server answered {status} and asks to wait {after}.");
    }
}
