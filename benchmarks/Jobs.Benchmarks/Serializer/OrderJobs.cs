namespace Jobs.Benchmarks.Serializer;

/// <summary>Gives the order a serializer of ours; never run.</summary>
public static class OrderJobs
{
    [Job("bench.order")]
    public static ValueTask Place(Order order)
    {
        _ = order;
        return default;
    }
}
