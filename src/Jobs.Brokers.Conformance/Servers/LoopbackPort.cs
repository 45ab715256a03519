using System.Net;
using System.Net.Sockets;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>Finds ports of this machine that nobody listens on.</summary>
internal static class LoopbackPort
{
    /// <summary>A free one. Somebody else may take it before its caller does.</summary>
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
