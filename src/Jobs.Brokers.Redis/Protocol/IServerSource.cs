using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Knows where to connect.</summary>
internal interface IServerSource
{
    /// <summary>The server to try next. May ask around; called on a thread that may wait.</summary>
    /// <param name="begin">Begins the time for one connection to be made; it ends early when the client is disposed.</param>
    /// <exception cref="IOException">Nobody knows now.</exception>
    DnsEndPoint Next(Func<Deadline> begin);

    /// <summary>The last one did not work, or works no longer.</summary>
    void MoveOn();
}
