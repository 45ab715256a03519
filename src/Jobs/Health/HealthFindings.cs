using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Jobs.Health;

/// <summary>What one health check has found so far.</summary>
internal sealed class HealthFindings
{
    private readonly List<string> _problems = [];
    private HealthStatus _status = HealthStatus.Healthy;

    /// <summary>What was seen, for whoever reads the result.</summary>
    public Dictionary<string, object> Data { get; } = [];

    public void Degrade(string problem) => Add(HealthStatus.Degraded, problem);

    public void Fail(string problem) => Add(HealthStatus.Unhealthy, problem);

    public void DegradeIfAbove(long value, long? most, string what, string option)
    {
        if (value > most)
        {
            Degrade(string.Create(CultureInfo.InvariantCulture, $"{what}; more than {most:N0} are too many (Jobs:Health:{option})."));
        }
    }

    public HealthCheckResult ToResult() => new(_status, _problems.Count == 0 ? null : string.Join(" ", _problems), data: Data);

    private void Add(HealthStatus status, string problem)
    {
        _status = status < _status ? status : _status;
        _problems.Add(problem);
    }
}
