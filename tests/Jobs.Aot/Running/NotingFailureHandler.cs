namespace Jobs.Aot.Running;

internal sealed class NotingFailureHandler(ILedger ledger) : IJobFailureHandler
{
    public ValueTask OnDeadLetteredAsync(JobFailureContext context, CancellationToken cancellationToken)
    {
        ledger.Note($"dead {context.Id}", $"{context.Name} {context.Reason} {context.Attempt} {context.Exception?.GetType().Name}");
        return default;
    }
}
