using System.Globalization;

namespace Jobs.Brokers.Redis;

/// <summary>What <c>INFO server</c> says.</summary>
/// <param name="Version">Of Redis, or of the Redis that the server says it is like.</param>
/// <param name="Uptime">How long it has been running.</param>
internal sealed record ServerInfo(Version Version, TimeSpan Uptime)
{
    public static ServerInfo Parse(string text)
    {
        var version = new Version(0, 0);
        var uptime = TimeSpan.Zero;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            switch (colon < 0 ? line : line[..colon])
            {
                case "redis_version" when Version.TryParse(line[(colon + 1)..], out var parsed):
                    version = parsed;
                    break;
                case "uptime_in_seconds" when long.TryParse(line[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds):
                    uptime = TimeSpan.FromSeconds(seconds);
                    break;
                default:
                    break;
            }
        }

        return new ServerInfo(version, uptime);
    }
}
