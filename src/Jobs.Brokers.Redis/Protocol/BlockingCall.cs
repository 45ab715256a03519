using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>One call of a <see cref="BlockingConnection"/>.</summary>
internal sealed class BlockingCall : Completion<bool>
{
    public ReadOnlyMemory<RespCommand> Commands { get; private set; }

    public Memory<RespReply> Replies { get; private set; }

    public TimeSpan Block { get; private set; }

    /// <summary>Somebody wants it to end.</summary>
    public bool IsUnwanted { get; set; }

    /// <summary>The commands have been handed to the network.</summary>
    public bool IsSent { get; set; }

    /// <summary>When that was: a timestamp of the clock.</summary>
    public long SentAt { get; set; }

    /// <summary>Why they could not be handed to it before the thread came to this call; null if they could, or that was not tried.</summary>
    public Exception? SendError { get; set; }

    public void Begin(ReadOnlyMemory<RespCommand> commands, Memory<RespReply> replies, TimeSpan block)
    {
        Reset();
        BeInline();
        Commands = commands;
        Replies = replies;
        Block = block;
        replies.Span.Clear();
        IsUnwanted = IsSent = false;
        SendError = null;
    }

    public void End(Exception? error)
    {
        Commands = default;
        Replies = default;
        Complete(true, error);
    }

    protected override void Taken()
    {
    }
}
