using Microsoft.Extensions.Logging;

namespace Jobs.Telemetry;

/// <summary>The log of a class, guarded.</summary>
internal sealed class GuardedLogger<TCategory>(ILogger<TCategory> inner, JobsTelemetry telemetry) : GuardedLogger(inner, telemetry), ILogger<TCategory>;
