namespace Jobs.Brokers.Redis.Protocol;

/// <summary>What a client says first: who it is, and which database it wants.</summary>
internal static class RedisGreeting
{
    /// <exception cref="RedisServerException">The server does not want this client, or not yet.</exception>
    /// <exception cref="RedisProtocolException">It is another kind of server.</exception>
    public static RedisServerInfo Greet(RespChannel channel, RedisClientOptions options, TimeProvider time)
    {
        var info = TryHello(channel, options, time);
        if (info is null && options.Password is not null)
        {
            Ask(channel, options, time, Authentication(options)).Dispose();
        }

        if (options.ClientName is not null)
        {
            Try(channel, options, time, RespCommand.Rent("CLIENT"u8).Add("SETNAME"u8).Add(options.ClientName), out _);
        }

        info ??= new RedisServerInfo(ClientId(channel, options, time), "", Role(channel, options, time));
        if (options.Database != 0)
        {
            Ask(channel, options, time, RespCommand.Rent("SELECT"u8).Add(options.Database)).Dispose();
        }

        // A server that is loading greets, but does not work. Who may not say PING may still do the rest.
        if (!Try(channel, options, time, RespCommand.Rent("PING"u8), out var error)
            && error!.Kind is RedisErrorKind.Loading or RedisErrorKind.Unavailable or RedisErrorKind.NoAuthentication)
        {
            throw error;
        }

        return info.Value;
    }

    // Null if the server is too old to know it, or has forbidden it.
    private static RedisServerInfo? TryHello(RespChannel channel, RedisClientOptions options, TimeProvider time)
    {
        var hello = RespCommand.Rent("HELLO"u8).Add(options.ProtocolVersion);
        if (options.Password is not null)
        {
            hello.Add("AUTH"u8).Add(options.User ?? "default").Add(options.Password);
        }

        try
        {
            using var reply = Ask(channel, options, time, hello);
            return ReadHello(reply.GetReader());
        }
        catch (RedisServerException exception) when (exception.Kind == RedisErrorKind.NoPermission
            || exception.Message.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase)
            || exception.Message.StartsWith("NOPROTO", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static RedisServerInfo ReadHello(RespReader reader)
    {
        var info = new RedisServerInfo(0, "", "");
        for (var left = reader.ReadArray(); left >= 2; left -= 2)
        {
            switch (reader.ReadString())
            {
                case "id":
                    info = info with { ClientId = reader.ReadInteger() };
                    break;
                case "mode":
                    info = info with { Mode = reader.ReadString() };
                    break;
                case "role":
                    info = info with { Role = reader.ReadString() };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return info;
    }

    private static RespCommand Authentication(RedisClientOptions options)
    {
        var command = RespCommand.Rent("AUTH"u8);
        return (options.User is null ? command : command.Add(options.User)).Add(options.Password!);
    }

    private static long ClientId(RespChannel channel, RedisClientOptions options, TimeProvider time)
    {
        try
        {
            using var reply = Ask(channel, options, time, RespCommand.Rent("CLIENT"u8).Add("ID"u8));
            return reply.GetReader().ReadInteger();
        }
        catch (RedisServerException)
        {
            return 0;
        }
    }

    // Empty if the user may not ask.
    private static string Role(RespChannel channel, RedisClientOptions options, TimeProvider time)
    {
        try
        {
            using var reply = Ask(channel, options, time, RespCommand.Rent("ROLE"u8));
            var reader = reply.GetReader();
            return reader.ReadArray() > 0 ? reader.ReadString() : "";
        }
        catch (RedisServerException)
        {
            return "";
        }
    }

    private static bool Try(RespChannel channel, RedisClientOptions options, TimeProvider time, RespCommand command, out RedisServerException? error)
    {
        try
        {
            Ask(channel, options, time, command).Dispose();
            error = null;
            return true;
        }
        catch (RedisServerException exception)
        {
            error = exception;
            return false;
        }
    }

    private static RespReply Ask(RespChannel channel, RedisClientOptions options, TimeProvider time, RespCommand command)
    {
        try
        {
            channel.Add(command, isFull: false);
            channel.Flush();
            return channel.Receive(options.ConnectTimeout, time);
        }
        finally
        {
            command.Release();
        }
    }
}
