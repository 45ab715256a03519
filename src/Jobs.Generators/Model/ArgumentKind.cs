namespace Jobs.Generators.Model;

/// <summary>Where an argument of the user's method comes from.</summary>
internal enum ArgumentKind
{
    Payload,
    Service,
    CancellationToken,
    JobContext,
    JobBatch,
    JobCheckpoint,
}
