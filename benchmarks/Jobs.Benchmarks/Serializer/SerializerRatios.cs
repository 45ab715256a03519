using Jobs.Benchmarks.Ratios;

namespace Jobs.Benchmarks.Serializer;

/// <summary>The generated serializer against System.Text.Json's.</summary>
internal static class SerializerRatios
{
    public static async Task RunAsync(RatioOptions options)
    {
        Machine.Print(options);
        using var order = new OrderSerialization();
        await Comparison.RunAsync(
            $"Write an order of {order.Length} bytes",
            options,
            new SerializerPath("System.Text.Json, source-generated", () => order.WriteTheirs()),
            new SerializerPath("Jobs", () => order.WriteOurs()));
        await Comparison.RunAsync(
            $"Read an order of {order.Length} bytes",
            options,
            new SerializerPath("System.Text.Json, source-generated", () => order.ReadTheirs()),
            new SerializerPath("Jobs", () => order.ReadOurs()));
    }
}
