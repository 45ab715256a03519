namespace Jobs.Definitions;

/// <summary>The payload of one job, as generated: it knows its own definition.</summary>
public interface IJobArgs<TSelf>
    where TSelf : IJobArgs<TSelf>
{
    /// <summary>The job that these are the arguments of.</summary>
    static abstract JobDefinition<TSelf> Definition { get; }
}
