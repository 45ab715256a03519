namespace Jobs.Brokers.Redis.Protocol;

/// <summary>The byte that begins a value.</summary>
internal static class RespType
{
    public const byte SimpleString = (byte)'+';
    public const byte Error = (byte)'-';
    public const byte Integer = (byte)':';
    public const byte BulkString = (byte)'$';
    public const byte Array = (byte)'*';

    // From here on RESP3 only.
    public const byte Null = (byte)'_';
    public const byte Boolean = (byte)'#';
    public const byte Double = (byte)',';
    public const byte BigNumber = (byte)'(';
    public const byte BulkError = (byte)'!';
    public const byte Verbatim = (byte)'=';
    public const byte Map = (byte)'%';
    public const byte Set = (byte)'~';
    public const byte Push = (byte)'>';
    public const byte Attribute = (byte)'|';
}
