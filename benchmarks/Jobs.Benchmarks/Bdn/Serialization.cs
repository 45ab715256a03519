using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Jobs.Benchmarks.Serializer;

namespace Jobs.Benchmarks.Bdn;

/// <summary>The documented payloads, written and read.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
[CategoriesColumn]
public class Serialization
{
    [ParamsSource(nameof(Payloads))]
    public required IPayloadSerialization Payload { get; set; }

    public static IEnumerable<IPayloadSerialization> Payloads => [DocumentedPayloads.Order(), DocumentedPayloads.Welcome(), DocumentedPayloads.LenientWelcome()];

    [GlobalCleanup]
    public void Dispose() => Payload.Dispose();

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("write")]
    public void WriteSystemTextJson() => Payload.WriteTheirs();

    [Benchmark]
    [BenchmarkCategory("write")]
    public void WriteJobs() => Payload.WriteOurs();

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("read")]
    public void ReadSystemTextJson() => Payload.ReadTheirs();

    [Benchmark]
    [BenchmarkCategory("read")]
    public void ReadJobs() => Payload.ReadOurs();
}
