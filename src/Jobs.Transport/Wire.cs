using System.Net.Security;
using System.Net.Sockets;

namespace Jobs.Transport;

/// <summary>An open socket, with TLS or without. One thread may read while another one writes; both block.</summary>
/// <remarks>Never awaited: the first asynchronous call would make the socket non-blocking for good, and each read slower.</remarks>
internal sealed class Wire(Socket socket, SslStream? tls) : IDisposable
{
    internal Socket Socket => socket;

    /// <summary>How long a read may take; zero for ever.</summary>
    public TimeSpan ReadTimeout
    {
        set => socket.ReceiveTimeout = (int)Math.Ceiling(value.TotalMilliseconds);
    }

    /// <summary>How long a write may take without any progress; zero for ever.</summary>
    public TimeSpan WriteTimeout
    {
        set => socket.SendTimeout = (int)Math.Ceiling(value.TotalMilliseconds);
    }

    /// <summary>Waits for bytes; 0 if the peer has closed.</summary>
    public int Read(Span<byte> buffer) => tls is null ? socket.Receive(buffer) : tls.Read(buffer);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (tls is not null)
        {
            tls.Write(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>Closes it under whoever reads or writes; called by another thread.</summary>
    public void Abort() => socket.Dispose();

    /// <summary>Frees what it holds, once nobody reads or writes any more.</summary>
    public void Dispose()
    {
        socket.Dispose();
        tls?.Dispose();
    }
}
