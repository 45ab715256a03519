using Microsoft.Extensions.Logging;

namespace Jobs.Tests.Scenarios;

internal sealed record LogLine(string Category, LogLevel Level, int Id, string Message, IReadOnlyDictionary<string, object?> Scope);
