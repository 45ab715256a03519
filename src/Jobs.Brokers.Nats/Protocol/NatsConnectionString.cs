namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Reads connection strings: <c>nats://user:password@host:port,host2?…</c>, and <c>host:port,host2,user=…</c>.</summary>
internal static class NatsConnectionString
{
    public static NatsClientOptions Parse(string connectionString) => throw new NotImplementedException(connectionString);
}
