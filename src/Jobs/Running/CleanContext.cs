namespace Jobs.Running;

/// <summary>The execution context of no job: what is started in it carries nobody's ambient values on.</summary>
internal readonly ref struct CleanContext
{
    private readonly ExecutionContext? _callers;

    private CleanContext(ExecutionContext callers) => _callers = callers;

    /// <summary>The context itself.</summary>
    public static ExecutionContext Value { get; } = Capture();

    /// <summary>Enters it on this thread, until the result is disposed of.</summary>
    public static CleanContext Enter()
    {
        // Null where its flow is suppressed: nothing can be carried on from there.
        if (ExecutionContext.Capture() is not { } callers || ReferenceEquals(callers, Value))
        {
            return default;
        }

        ExecutionContext.Restore(Value);
        return new CleanContext(callers);
    }

    /// <summary>Goes back to the context of the caller.</summary>
    public void Dispose()
    {
        if (_callers is not null)
        {
            ExecutionContext.Restore(_callers);
        }
    }

    // A new thread that is given no context has the clean one.
    private static ExecutionContext Capture()
    {
        ExecutionContext? context = null;
        var thread = new Thread(() => context = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return context!;
    }
}
