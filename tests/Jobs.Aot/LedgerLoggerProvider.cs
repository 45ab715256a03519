using Microsoft.Extensions.Logging;

namespace Jobs.Aot;

/// <summary>Writes the name of every event that is logged, with its text, into the ledger.</summary>
internal sealed class LedgerLoggerProvider(ILedger ledger) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        ledger.Note($"logged {eventId.Name}", formatter(state, exception));

    public void Dispose()
    {
    }
}
