namespace Jobs.Transport;

/// <summary>How a connection is encrypted. Files are read with each connection made, so that certificates may be renewed.</summary>
internal sealed record TlsOptions
{
    /// <summary>The name that the server's certificate must carry; null for the name that was dialed.</summary>
    public string? Host { get; init; }

    /// <summary>A PEM file with the authorities that are trusted; null for those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>The client's certificate: PEM, or PKCS #12 if there is no key file.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The private key of the client's certificate, PEM.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The password of the key, or of the PKCS #12 file.</summary>
    public string? KeyPassword { get; init; }

    /// <summary>False to accept any certificate: then nobody knows who answers.</summary>
    public bool Verify { get; init; } = true;
}
