namespace Jobs.Brokers.Nats.Protocol;

/// <summary>What the text of -ERR means.</summary>
internal static class ServerError
{
    /// <summary>Begins the text of what a user may not do; the connection goes on.</summary>
    public const string Permission = "Permissions Violation";

    /// <summary>True if the connection goes on.</summary>
    public static bool IsHarmless(string text) =>
        text.StartsWith(Permission, StringComparison.OrdinalIgnoreCase) || text.StartsWith("Invalid Subject", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("Invalid Publish Subject", StringComparison.OrdinalIgnoreCase);

    public static NatsException Of(string text) =>
        text.Contains("Authorization", StringComparison.OrdinalIgnoreCase) || text.Contains("Authentication", StringComparison.OrdinalIgnoreCase)
            ? new NatsAuthorizationException(text)
            : new NatsServerException(text);

    /// <summary>The subject that a text names in quotes; empty if none.</summary>
    public static string Subject(string text)
    {
        var start = text.IndexOf('"', StringComparison.Ordinal) + 1;
        var end = start > 0 ? text.IndexOf('"', start) : -1;
        return end < 0 ? "" : text[start..end];
    }
}
