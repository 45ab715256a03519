namespace Jobs.Definitions;

/// <summary>The payload of a job with a result.</summary>
public interface IJobArgs<TSelf, TResult> : IJobArgs<TSelf>
    where TSelf : IJobArgs<TSelf, TResult>;
