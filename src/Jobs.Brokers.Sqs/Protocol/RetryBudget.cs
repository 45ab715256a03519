namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>Keeps all requests of a client together from answering an overload with more requests. Safe for concurrent use.</summary>
/// <remarks>A bucket of tokens: a retry takes some, a success gives some back. Empty, errors go to the caller at once.</remarks>
internal sealed class RetryBudget
{
    public const int Capacity = 500;

    private const int Cost = 5;

    // Who does not answer in time is worse off than who says that it is too much.
    private const int TimeoutCost = 10;

    private int _tokens = Capacity;

    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Takes what a retry after such an error costs; 0 if there is not as much left.</summary>
    public int TryTake(SqsErrorKind error)
    {
        var cost = error == SqsErrorKind.TimedOut ? TimeoutCost : Cost;
        for (var tokens = Tokens; tokens >= cost; tokens = Tokens)
        {
            if (Interlocked.CompareExchange(ref _tokens, tokens - cost, tokens) == tokens)
            {
                return cost;
            }
        }

        return 0;
    }

    /// <summary>A request has succeeded.</summary>
    /// <param name="taken">What its last retry cost; 0 if it had none.</param>
    public void Give(int taken)
    {
        var given = Math.Max(1, taken);
        for (var tokens = Tokens; tokens < Capacity; tokens = Tokens)
        {
            if (Interlocked.CompareExchange(ref _tokens, Math.Min(Capacity, tokens + given), tokens) == tokens)
            {
                return;
            }
        }
    }
}
