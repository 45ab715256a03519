using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Jobs.Tests.Scenarios;

/// <summary>Keeps what was logged, with the scopes that were open.</summary>
[ProviderAlias("Recording")]
internal sealed class RecordingLogs(Changes changes) : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>True: whatever is said throws, as on a full disk.</summary>
    public bool Fails { get; set; }

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public int Count(int id) => _lines.Count(line => line.Id == id);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private void Raise() => changes.Raise();

    private sealed class Logger(RecordingLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logs.Fails)
            {
                throw new IOException("No space left on device.");
            }

            var scope = new Dictionary<string, object?>();
            logs._scopes.ForEachScope(
                static (open, all) =>
                {
                    foreach (var (key, value) in open as IEnumerable<KeyValuePair<string, object?>> ?? [])
                    {
                        all[key] = value;
                    }
                },
                scope);
            logs._lines.Enqueue(new LogLine(category, logLevel, eventId.Id, formatter(state, exception), scope));
            logs.Raise();
        }
    }
}
