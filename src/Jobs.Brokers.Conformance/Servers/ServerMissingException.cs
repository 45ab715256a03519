namespace Jobs.Brokers.Conformance.Servers;

/// <summary>The program of a server is not installed; the message says how to install it.</summary>
public sealed class ServerMissingException(string program, string remedy, Exception? cause = null)
    : Exception($"'{program}' was not found. Install it with: {remedy}", cause);
