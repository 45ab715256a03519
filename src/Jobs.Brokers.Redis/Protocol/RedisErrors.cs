using System.Text;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Tells the kinds of error replies apart by their first word.</summary>
internal static class RedisErrors
{
    public static RedisServerException ToException(ReadOnlySpan<byte> error) => new(Kind(error), Encoding.UTF8.GetString(error));

    public static RedisErrorKind Kind(ReadOnlySpan<byte> error)
    {
        // Before version 7 a script's error wraps that of the command it called: "ERR Error running script (…): …: -OOM command not …".
        var wrapped = error.StartsWith("ERR Error running script"u8) ? error.LastIndexOf(": -"u8) : -1;
        return FirstWord(wrapped < 0 ? error : error[(wrapped + 3)..]) switch
        {
            "LOADING" => RedisErrorKind.Loading,
            "READONLY" => RedisErrorKind.ReadOnly,
            "MASTERDOWN" or "CLUSTERDOWN" or "TRYAGAIN" or "NOREPLICAS" or "MOVED" or "ASK" => RedisErrorKind.Unavailable,
            "OOM" => RedisErrorKind.OutOfMemory,
            "NOGROUP" => RedisErrorKind.NoGroup,
            "BUSYGROUP" => RedisErrorKind.BusyGroup,
            "UNBLOCKED" => RedisErrorKind.Unblocked,
            "CROSSSLOT" => RedisErrorKind.CrossSlot,
            "WRONGPASS" => RedisErrorKind.WrongPassword,
            "NOAUTH" => RedisErrorKind.NoAuthentication,
            "NOPERM" => RedisErrorKind.NoPermission,
            "NOSCRIPT" => RedisErrorKind.NoScript,
            "BUSY" => RedisErrorKind.Busy,
            "MISCONF" => RedisErrorKind.Misconfigured,
            "WRONGTYPE" => RedisErrorKind.WrongType,
            _ => RedisErrorKind.Other,
        };
    }

    private static string FirstWord(ReadOnlySpan<byte> error)
    {
        var end = error.IndexOf((byte)' ');
        return Encoding.UTF8.GetString(end < 0 ? error : error[..end]);
    }
}
