using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Jobs.Benchmarks.Serializer;

namespace Jobs.Benchmarks.Bdn;

/// <summary>The order payload, written and read.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class Serialization : IDisposable
{
    private readonly OrderSerialization _order = new();

    [GlobalCleanup]
    public void Dispose() => _order.Dispose();

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("write")]
    public int WriteSystemTextJson() => _order.WriteTheirs();

    [Benchmark]
    [BenchmarkCategory("write")]
    public int WriteJobs() => _order.WriteOurs();

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("read")]
    public Order ReadSystemTextJson() => _order.ReadTheirs();

    [Benchmark]
    [BenchmarkCategory("read")]
    public Order ReadJobs() => _order.ReadOurs();
}
