using System.Reflection;

namespace Jobs.Generators.Tests.Harness;

/// <summary>The named stages of the pipeline, a new one included.</summary>
internal static class TrackingNameList
{
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(TrackingNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static f => (string)f.GetRawConstantValue()!)];
}
