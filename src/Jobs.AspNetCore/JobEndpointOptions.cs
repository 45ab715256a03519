using System.Runtime.CompilerServices;
using Jobs.Monitoring;
using Microsoft.AspNetCore.Http;

namespace Jobs.AspNetCore;

/// <summary>What the endpoints of <see cref="JobEndpointRouteBuilderExtensions.MapJobs"/> offer.</summary>
/// <remarks>Read once, when the endpoints are mapped. Not for concurrent use.</remarks>
public sealed class JobEndpointOptions
{
    private readonly List<string> _allowed = [];

    /// <summary>Whether a caller who satisfies the endpoints' policy may see, and cancel, this very job.</summary>
    /// <value>Default null: every job. One that may not be seen is answered as one that does not exist.</value>
    public Func<HttpContext, JobStatus, ValueTask<bool>>? CanAccess { get; set; }

    /// <summary>When a client that polls should ask again: what <c>Retry-After</c> says of a job that has not ended, rounded up to seconds.</summary>
    /// <value>1 second or more. Default 2 seconds.</value>
    /// <exception cref="ArgumentOutOfRangeException">Less than a second.</exception>
    public TimeSpan PollInterval
    {
        get;
        set => field = AtLeastASecond(value);
    }
    = TimeSpan.FromSeconds(2);

    /// <summary>How often an idle stream of events is kept alive by a comment, so that no proxy takes it for dead.</summary>
    /// <value>1 second or more. Default 15 seconds.</value>
    /// <exception cref="ArgumentOutOfRangeException">Less than a second.</exception>
    public TimeSpan Heartbeat
    {
        get;
        set => field = AtLeastASecond(value);
    }
    = TimeSpan.FromSeconds(15);

    internal IReadOnlyList<string> Allowed => _allowed;

    /// <summary>Lets callers enqueue these jobs by name. None unless it is named here.</summary>
    /// <param name="jobs">Names on the wire; case does not matter.</param>
    public JobEndpointOptions Allow(params ReadOnlySpan<string> jobs)
    {
        _allowed.AddRange(jobs);
        return this;
    }

    // A pause of nothing would keep a stream writing without end.
    private static TimeSpan AtLeastASecond(TimeSpan value, [CallerMemberName] string? option = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromSeconds(1), option);
        return value;
    }
}
