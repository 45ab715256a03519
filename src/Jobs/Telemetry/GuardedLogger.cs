using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

/// <summary>A log that never throws. A provider does, wherever something is said, when its disk is full for instance; that must cost no loop, no permit and
/// no settlement. What could not be said is counted.</summary>
internal class GuardedLogger(ILogger inner, JobsTelemetry telemetry) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return inner.BeginScope(state);
        }
        catch (Exception)
        {
            telemetry.ErrorSwallowed("report");
            return null;
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            telemetry.ErrorSwallowed("report");
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            telemetry.ErrorSwallowed("report");
        }
    }
}
