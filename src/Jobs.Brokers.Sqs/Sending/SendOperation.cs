namespace Jobs.Brokers.Sqs.Sending;

/// <summary>Messages that one caller waits for together. Answers come from any thread; once given up, late ones change nothing.</summary>
/// <param name="count">How many.</param>
/// <param name="isRepeatable">True to send again what may have been taken.</param>
internal sealed class SendOperation(int count, bool isRepeatable)
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly SendResult[] _results = new SendResult[count];
    private readonly State[] _states = new State[count];
    private int _open = count;

    private enum State : byte
    {
        Waiting,
        UnderWay,
        Done,
    }

    /// <summary>True to send again what may have been taken: there may be two then, but never none.</summary>
    public bool IsRepeatable => isRepeatable;

    /// <summary>Ends when all are answered.</summary>
    public Task Finished => _finished.Task;

    /// <summary>What became of one; valid once finished.</summary>
    public SendResult this[int index] => _results[index];

    /// <summary>Begins to send one.</summary>
    /// <returns>False if it was given up.</returns>
    public bool TryBegin(int index)
    {
        lock (_lock)
        {
            if (_states[index] == State.Done)
            {
                return false;
            }

            _states[index] = State.UnderWay;
            return true;
        }
    }

    /// <summary>One was surely not taken, and is to be sent once more.</summary>
    /// <returns>False if it was given up.</returns>
    public bool TryAgain(int index)
    {
        lock (_lock)
        {
            if (_states[index] == State.Done)
            {
                return false;
            }

            _states[index] = State.Waiting;
            return true;
        }
    }

    /// <summary>One has its answer.</summary>
    public void End(int index, SendResult result)
    {
        lock (_lock)
        {
            if (_states[index] == State.Done)
            {
                return;
            }

            _states[index] = State.Done;
            _results[index] = result;
            if (--_open > 0)
            {
                return;
            }
        }

        _finished.TrySetResult();
    }

    /// <summary>Waits no longer: what is under way is unknown, the rest has failed.</summary>
    public void GiveUp(Exception cause)
    {
        for (var i = 0; i < _results.Length; i++)
        {
            bool isUnderWay;
            lock (_lock)
            {
                isUnderWay = _states[i] == State.UnderWay;
            }

            End(i, new SendResult(isUnderWay ? SendStatus.Unknown : SendStatus.Failed, cause));
        }
    }
}
