using Jobs.Benchmarks.Ratios;

namespace Jobs.Benchmarks.Serializer;

/// <summary>The generated serializer against System.Text.Json's.</summary>
internal static class SerializerRatios
{
    public static async Task RunAsync(RatioOptions options)
    {
        Machine.Print(options);
        foreach (var make in new[] { DocumentedPayloads.Order, DocumentedPayloads.Welcome, DocumentedPayloads.LenientWelcome })
        {
            using var payload = make();
            await Comparison.RunAsync(
                $"Write {payload}",
                options,
                new SerializerPath("System.Text.Json, source-generated", payload.WriteTheirs),
                new SerializerPath("Jobs", payload.WriteOurs));
            await Comparison.RunAsync(
                $"Read {payload}",
                options,
                new SerializerPath("System.Text.Json, source-generated", payload.ReadTheirs),
                new SerializerPath("Jobs", payload.ReadOurs));
        }
    }
}
