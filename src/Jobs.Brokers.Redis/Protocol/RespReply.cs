namespace Jobs.Brokers.Redis.Protocol;

/// <summary>One whole reply in a pooled buffer; never an error reply. Dispose it once read.</summary>
internal readonly struct RespReply : IDisposable
{
    /// <summary>Reads the reply from its start.</summary>
    public RespReader GetReader() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
