using System.Buffers;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>Checks names before they become a part of a subject or of a file's path.</summary>
internal static class JetStreamNames
{
    /// <summary>The longest name that all servers take.</summary>
    public const int Longest = 255;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(PrintableAscii.Without(".*>/\\"));

    /// <summary>The name itself, of a stream or a consumer.</summary>
    /// <exception cref="ArgumentException">It is not valid.</exception>
    public static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name.Length <= Longest && !name.AsSpan().ContainsAnyExcept(Allowed)
            ? name
            : throw new ArgumentException($"'{name}' cannot name a stream or a consumer: names are 1 to {Longest} printable ASCII characters without . * > / \\.", nameof(name));
    }
}
