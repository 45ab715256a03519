namespace Jobs.Running;

/// <summary>Watches a worker from within, so that a test can tell when it has nothing left to do. Production has none.</summary>
/// <remarks>Safe for concurrent use; must not throw. Some members are called under locks: they only take notes.</remarks>
internal interface IWorkerObserver
{
    /// <summary>The run is about to start, on the thread and in the execution context of its handler.</summary>
    void Starting(JobRun run);

    /// <summary>The run has ended, its outcome is set, and the broker is told next. The delivery still is the run's.</summary>
    void Ending(JobRun run);

    /// <summary>The broker did not say what became of the run's outcome, or was not asked: the worker had closed before the run ended.</summary>
    void Unanswered(JobRun run);

    /// <summary>The run has ended, or will not start, and nothing is settled.</summary>
    void LeaseLost(JobRun run);

    /// <summary>The run was given up on at its hard limit; <see cref="Ending"/> follows for what is settled instead.</summary>
    void Abandoned(JobRun run);

    /// <summary>The gate, a pump or a task nobody awaits has come to rest; perhaps the worker has.</summary>
    void Changed();
}
