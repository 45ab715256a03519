namespace Jobs;

/// <summary>What becomes of an enqueue call whose key another job has (<see cref="EnqueueOptions.Key"/>).</summary>
public enum KeyConflict
{
    /// <summary>The call fails with a <see cref="JobKeyConflictException"/>, which says the id of the job that has the key.</summary>
    Reject,

    /// <summary>The call returns a handle of the job that has the key, and enqueues nothing (<see cref="JobHandle.IsExisting"/>).</summary>
    ReturnExisting,

    /// <summary>The new job takes the key, and the one that had it is cancelled wherever it is: one that waits, for its time or its next attempt too, never
    /// runs; one that runs has its token cancelled, and may still be running when the new one starts.</summary>
    Replace,
}
