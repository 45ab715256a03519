using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing;

/// <summary>How a test host is made.</summary>
public sealed class JobTestHostOptions
{
    /// <summary>False makes a host that only enqueues.</summary>
    /// <value>Default true.</value>
    public bool RunsWorker { get; set; } = true;

    /// <summary>Adds or replaces services: fakes of what the jobs use. Called again for every restart.</summary>
    public Action<IServiceCollection>? Services { get; set; }

    /// <summary>Configuration by path, as in <c>Jobs:Worker:Concurrency</c>.</summary>
    public IDictionary<string, string?> Configuration { get; } = new Dictionary<string, string?>();

    /// <summary>The time that the clock shows first.</summary>
    /// <value>Default: midnight of 1 January 2000, UTC.</value>
    public DateTimeOffset StartTime { get; set; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How much real time one call of the host may take before it gives up with an exception that names what is stuck.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan SafetyLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much real time <see cref="JobTestHost.RunAsync"/> leaves to a handler that neither ends nor waits for the clock, before it moves the clock all the same.</summary>
    /// <value>Default 100 milliseconds. Handlers that wait for nothing but the clock never use it.</value>
    public TimeSpan HandlerPatience { get; set; } = TimeSpan.FromMilliseconds(100);
}
