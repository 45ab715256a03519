using System.Text;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Tells the kinds of error replies apart by their first word.</summary>
internal static class RedisErrors
{
    public static RedisServerException ToException(ReadOnlySpan<byte> error) => new(Kind(error), Encoding.UTF8.GetString(error));

    public static RedisErrorKind Kind(ReadOnlySpan<byte> error) =>
        FirstWord(Cause(error)) switch
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

    // Before version 7 a script's error wraps that of the command it called: "ERR Error running script (…): @user_script:3: NOGROUP No such key …",
    // "… @user_script:3: @user_script: 3: -OOM command not …".
    private static ReadOnlySpan<byte> Cause(ReadOnlySpan<byte> error)
    {
        var place = error.StartsWith("ERR Error running script"u8) ? error.LastIndexOf("@user_script:"u8) : -1;
        if (place < 0)
        {
            return error;
        }

        var line = error[(place + "@user_script:".Length)..];
        return line[(line.IndexOf(": "u8) + 2)..].TrimStart((byte)'-');
    }

    private static string FirstWord(ReadOnlySpan<byte> error)
    {
        var end = error.IndexOf((byte)' ');
        return Encoding.UTF8.GetString(end < 0 ? error : error[..end]);
    }
}
