namespace Jobs.Brokers.Conformance.Faults;

/// <summary>What becomes of a request on its way through an <see cref="HttpFaultProxy"/>.</summary>
public enum HttpFault
{
    /// <summary>Nothing: the server answers.</summary>
    None,

    /// <summary>The connection ends before the server hears of it.</summary>
    DropRequest,

    /// <summary>The server does what it was asked; the connection ends before it can say so.</summary>
    DropAnswer,

    /// <summary>The server does what it was asked; its answer is held back for a while.</summary>
    Delay,

    /// <summary>The server does what it was asked; the client is told of a failure (500).</summary>
    FailAfter,

    /// <summary>The server hears nothing of it; the client is told of a failure (503).</summary>
    FailBefore,

    /// <summary>The server hears nothing of it; the client is told that there are too many requests (403).</summary>
    Throttle,
}
