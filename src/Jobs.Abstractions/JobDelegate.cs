namespace Jobs;

/// <summary>The rest of the pipeline: further middleware, at last the job.</summary>
public delegate ValueTask JobDelegate(JobContext context);
