using System.Globalization;
using System.Runtime.InteropServices;

namespace Jobs.Benchmarks.Ratios;

internal static class Machine
{
    /// <summary>Says where figures come from: they mean nothing elsewhere.</summary>
    public static void Print(RatioOptions options) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} × {ProcessorName()}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, load {Load()}; workers {options.Workers}"));

    private static string ProcessorName() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]
            : RuntimeInformation.ProcessArchitecture.ToString();

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
