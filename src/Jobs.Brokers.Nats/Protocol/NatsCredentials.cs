using Jobs.Brokers.Nats.Protocol.Signing;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>What CONNECT says of who connects. Files are read each time, so that credentials may be renewed without a restart.</summary>
internal readonly record struct NatsCredentials
{
    public string? User { get; private init; }

    public string? Password { get; private init; }

    public string? Token { get; private init; }

    public string? Jwt { get; private init; }

    /// <summary>The public key, where there is no JWT to tell it.</summary>
    public string? PublicKey { get; private init; }

    public string? Signature { get; private init; }

    /// <param name="options">What to read.</param>
    /// <param name="nonce">What the server wants signed; null if nothing.</param>
    /// <exception cref="NatsConfigurationException">A file cannot be read, or has not in it what it must.</exception>
    public static NatsCredentials Load(NatsClientOptions options, string? nonce)
    {
        var plain = new NatsCredentials { User = options.User, Password = options.Password, Token = options.Token };
        if (options.CredentialsFile is { } credentials)
        {
            var text = Read(credentials, "creds");
            var jwt = Block(text, "NATS USER JWT") ?? throw Missing(credentials, "creds", "no user's JWT ('-----BEGIN NATS USER JWT-----')");
            var seed = Block(text, "USER NKEY SEED") ?? throw Missing(credentials, "creds", "no user's seed ('-----BEGIN USER NKEY SEED-----')");
            return plain with { Jwt = jwt, Signature = nonce is null ? null : Key(seed, credentials, "creds").Sign(nonce) };
        }

        if (options.NKeyFile is { } file)
        {
            var seed = Read(file, "nkey").Split('\n').Select(static line => line.Trim()).FirstOrDefault(static line => line.StartsWith('S'));
            var key = Key(seed ?? throw Missing(file, "nkey", "no seed of a user ('SU…')"), file, "nkey");
            return plain with { PublicKey = key.PublicKey, Signature = nonce is null ? null : key.Sign(nonce) };
        }

        return plain;
    }

    private static string Read(string file, string setting)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NatsConfigurationException($"The file '{file}', which '{setting}' in the connection string names, cannot be read: {exception.Message}", exception);
        }
    }

    private static NKey Key(string seed, string file, string setting)
    {
        try
        {
            return NKey.FromSeed(seed);
        }
        catch (FormatException exception)
        {
            throw Missing(file, setting, $"a seed that is not valid ({exception.Message.TrimEnd('.')})");
        }
    }

    private static NatsConfigurationException Missing(string file, string setting, string what) =>
        new($"The file '{file}', which '{setting}' in the connection string names, has {what}.");

    // The line after the one that begins the block; how many dashes there are differs between tools.
    private static string? Block(string text, string name)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var begin = Array.FindIndex(lines, line => line.StartsWith("---", StringComparison.Ordinal) && line.Contains($"BEGIN {name}", StringComparison.Ordinal));
        return begin >= 0 && begin + 1 < lines.Length && !lines[begin + 1].StartsWith('-') ? lines[begin + 1] : null;
    }
}
