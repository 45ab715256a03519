namespace Jobs;

/// <summary>The base of all exceptions of Jobs.</summary>
public abstract class JobException : Exception
{
    /// <summary>Makes an exception.</summary>
    protected JobException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
