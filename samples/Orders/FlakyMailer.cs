using Microsoft.Extensions.Logging;

namespace Orders;

/// <summary>A mail server as they are: one call in eight fails.</summary>
public sealed partial class FlakyMailer(ILogger<FlakyMailer> logger) : IMailer
{
    private int _calls;

    public ValueTask SendAsync(string address, string subject, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _calls) % 8 == 0)
        {
            throw new IOException("The mail server hung up.");
        }

        LogSent(address, subject);
        return default;
    }

    [LoggerMessage(LogLevel.Information, "To {Address}: {Subject}")]
    private partial void LogSent(string address, string subject);
}
