using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Jobs.Transport;

/// <summary>Opens connections, on the calling thread.</summary>
internal static class Dialer
{
    // The deadline comes first, where it can.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="TlsException">Somebody answers, but no encrypted connection came about.</exception>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    public static Wire Dial(DnsEndPoint server, TransportOptions options, Deadline deadline)
    {
        try
        {
            var socket = Connect(server, options.ConnectTimeout, deadline);
            var wire = options.Tls is null ? new Wire(socket, null) : Encrypt(socket, server, options.Tls);
            wire.ReadTimeout = wire.WriteTimeout = TimeSpan.Zero;
            return wire;
        }
        catch (Exception exception) when (deadline.HasPassed)
        {
            throw TimedOut(server, options, exception);
        }
    }

    /// <summary>Encrypts a connection that was opened without TLS, for protocols that begin so.</summary>
    /// <param name="plain">The connection; nothing may have been read of what comes next. Not to be used any more.</param>
    /// <param name="server">Where it leads.</param>
    /// <param name="options">With TLS.</param>
    /// <param name="deadline">How long; it guards the connection.</param>
    /// <exception cref="TlsException">No encrypted connection came about.</exception>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    public static Wire Upgrade(Wire plain, DnsEndPoint server, TransportOptions options, Deadline deadline)
    {
        try
        {
            return Encrypt(plain.Socket, server, options.Tls!);
        }
        catch (Exception exception) when (deadline.HasPassed)
        {
            throw TimedOut(server, options, exception);
        }
    }

    private static TimeoutException TimedOut(DnsEndPoint server, TransportOptions options, Exception cause) =>
        new($"{server.Host}:{server.Port} did not answer within {options.ConnectTimeout.TotalSeconds:0.###} s{(options.Tls is null ? "" : "; does it speak TLS?")}", cause);

    private static Socket Connect(DnsEndPoint server, TimeSpan timeout, Deadline deadline)
    {
        var addresses = IPAddress.TryParse(server.Host, out var address) ? [address] : Dns.GetHostAddresses(server.Host);
        // One address that swallows everything must not keep the others from ever being tried.
        Random.Shared.Shuffle(addresses);
        SocketException? failure = null;
        foreach (var candidate in addresses)
        {
            // The deadline's timer needs the pool, which may be exhausted; on Linux a blocking connect, too, ends by the limit for sending.
            var limit = (int)(timeout + Grace).TotalMilliseconds;
            var socket = new Socket(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = limit, ReceiveTimeout = limit };
            try
            {
                deadline.Guard(socket.Dispose);
                socket.Connect(candidate, server.Port);
                return socket;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                socket.Dispose();
                failure = exception as SocketException ?? new SocketException((int)SocketError.TimedOut);
                if (deadline.HasPassed)
                {
                    break;
                }
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static Wire Encrypt(Socket socket, DnsEndPoint server, TlsOptions options)
    {
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            tls.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = options.Host ?? server.Host,
                ClientCertificates = ClientCertificates(options),
                CertificateChainPolicy = options.CaFile is null ? null : Trust(options.CaFile),
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = options.Verify ? null : (_, _, _, _) => !options.Verify,
            });
            return new Wire(socket, tls);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or CryptographicException or UnauthorizedAccessException or ObjectDisposedException)
        {
            tls.Dispose();
            throw new TlsException(exception.Message, exception) { MustBeMended = exception is not IOException or FileNotFoundException or DirectoryNotFoundException };
        }
    }

    private static X509ChainPolicy Trust(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }

    private static X509CertificateCollection? ClientCertificates(TlsOptions options)
    {
        if (options.CertificateFile is null)
        {
            return null;
        }

        if (options.KeyFile is null)
        {
            return [X509CertificateLoader.LoadPkcs12FromFile(options.CertificateFile, options.KeyPassword)];
        }

        using var pem = options.KeyPassword is null
            ? X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(options.CertificateFile, options.KeyPassword, options.KeyFile);
        // Windows cannot use a key that only lives in memory.
        return [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null)];
    }
}
