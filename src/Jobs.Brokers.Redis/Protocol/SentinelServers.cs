using System.Globalization;
using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Asks Sentinels for the primary of a service, before each connection that is made.</summary>
/// <remarks>https://redis.io/docs/latest/develop/reference/sentinel-clients/</remarks>
internal sealed class SentinelServers(RedisClientOptions options, TimeProvider time) : IServerSource
{
    private readonly ServerPool _sentinels = new(options.Servers);
    private readonly RedisClientOptions _sentinelOptions = options with
    {
        User = options.SentinelUser,
        Password = options.SentinelPassword,
        Database = 0,
    };

    private bool _wasAnswered;

    public DnsEndPoint Next(Func<Deadline> begin)
    {
        Exception? failure = null;
        for (var i = 0; i < _sentinels.Count; i++)
        {
            try
            {
                return Ask(_sentinels.Current, begin);
            }
            catch (Exception exception) when (exception is not ObjectDisposedException)
            {
                // Of several answers, that of a Sentinel which is there tells more than the silence of one which is not.
                failure = failure is null or not (RedisConfigurationException or RedisServerException) ? Explain(exception, _sentinels.Current) : failure;
                _sentinels.MoveOn();
            }
        }

        throw failure!;
    }

    // They are asked again each time.
    public void MoveOn()
    {
    }

    private DnsEndPoint Ask(DnsEndPoint sentinel, Func<Deadline> begin)
    {
        using var deadline = begin();
        using var channel = RedisDialer.Open(sentinel, _sentinelOptions, !_wasAnswered, deadline, time, out _);
        var command = RespCommand.Rent("SENTINEL"u8).Add("get-master-addr-by-name"u8).Add(options.ServiceName!);
        try
        {
            channel.Add(command, isFull: false);
            channel.Flush();
            using var reply = channel.Receive(options.ConnectTimeout, time);
            var reader = reply.GetReader();
            _wasAnswered = true;
            return reader.ReadArray() == 2
                ? new DnsEndPoint(reader.ReadString(), int.Parse(reader.ReadBytes(), NumberStyles.None, CultureInfo.InvariantCulture))
                : throw new RedisConfigurationException($"The Sentinel at {sentinel.Host}:{sentinel.Port} knows no service '{options.ServiceName}': see 'serviceName' in the connection string.");
        }
        finally
        {
            command.Release();
        }
    }

    private IOException Explain(Exception exception, DnsEndPoint sentinel)
    {
        var failure = ConnectFailure.Of(exception, sentinel, _sentinelOptions);
        return exception switch
        {
            RedisConfigurationException mistake => mistake,
            RedisServerException { Kind: RedisErrorKind.WrongPassword or RedisErrorKind.NoAuthentication } =>
                new RedisConfigurationException($"The Sentinel at {sentinel.Host}:{sentinel.Port} refused: {exception.Message}. See 'sentinelUser' and 'sentinelPassword' in the connection string."),
            RedisServerException when exception.Message.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase) =>
                new RedisConfigurationException($"{sentinel.Host}:{sentinel.Port} is not a Sentinel, but the connection string has a 'serviceName'."),
            _ => failure.MustBeMended ? new RedisConfigurationException(failure.Message) : new IOException($"No Sentinel tells where '{options.ServiceName}' is. {failure.Message}", exception),
        };
    }
}
