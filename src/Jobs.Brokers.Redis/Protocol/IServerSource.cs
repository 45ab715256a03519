using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Knows where to connect.</summary>
internal interface IServerSource
{
    /// <summary>The server to try next. May ask around; called on a thread that may wait.</summary>
    /// <exception cref="IOException">Nobody knows now.</exception>
    DnsEndPoint Next(Deadline deadline);

    /// <summary>The last one did not work, or works no longer.</summary>
    void MoveOn();
}
