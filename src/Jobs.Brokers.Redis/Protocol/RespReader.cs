namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Walks over a whole, well-formed reply of RESP2 or RESP3, forwards.</summary>
/// <remarks>What is not of the kind asked for is a <see cref="RedisProtocolException"/>. https://redis.io/docs/latest/develop/reference/protocol-spec/</remarks>
internal ref struct RespReader
{
    /// <summary>True if the next value is null (of either version); it is then passed.</summary>
    public bool TryReadNull() => throw new NotImplementedException();

    /// <summary>Enters an array, set or push: how many values follow. A map of n pairs counts 2 n. Null counts 0.</summary>
    public int ReadArray() => throw new NotImplementedException();

    /// <summary>True if the next value is a map (RESP3), false if it is something else. Passes nothing.</summary>
    public bool IsMap => throw new NotImplementedException();

    /// <summary>A string, simple, bulk or verbatim; a number's text. Null is empty.</summary>
    public ReadOnlySpan<byte> ReadBytes() => throw new NotImplementedException();

    public string ReadString() => throw new NotImplementedException();

    /// <summary>A number, or a string that is one.</summary>
    public long ReadInteger() => throw new NotImplementedException();

    /// <summary>Passes one value with all that it holds.</summary>
    public void Skip() => throw new NotImplementedException();
}
