using System.Text.Json;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>Reads members that may be missing: servers omit what is zero.</summary>
internal static class JsonElementExtensions
{
    private const int NanosecondsPerTick = 100;

    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    public static int Int32(this JsonElement element, ReadOnlySpan<byte> name, int missing = 0) => element.TryGetProperty(name, out var value) ? value.GetInt32() : missing;

    public static long Int64(this JsonElement element, ReadOnlySpan<byte> name, long missing = 0) => element.TryGetProperty(name, out var value) ? value.GetInt64() : missing;

    public static ulong UInt64(this JsonElement element, ReadOnlySpan<byte> name) => element.TryGetProperty(name, out var value) ? value.GetUInt64() : 0;

    public static bool Flag(this JsonElement element, ReadOnlySpan<byte> name) => element.TryGetProperty(name, out var value) && value.GetBoolean();

    /// <summary>A duration, which is written in nanoseconds.</summary>
    public static TimeSpan Duration(this JsonElement element, ReadOnlySpan<byte> name) => TimeSpan.FromTicks(element.Int64(name) / NanosecondsPerTick);

    public static DateTimeOffset? Time(this JsonElement element, ReadOnlySpan<byte> name) => element.TryGetProperty(name, out var value) ? value.GetDateTimeOffset() : null;

    /// <summary>Writes a duration, in nanoseconds.</summary>
    public static void WriteDuration(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, TimeSpan value) => writer.WriteNumber(name, checked(value.Ticks * NanosecondsPerTick));
}
