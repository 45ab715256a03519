namespace Quickstart;

/// <summary>What is recorded of a file.</summary>
public sealed record FileFingerprint(string Path, long Bytes, long Lines, string Sha256);
