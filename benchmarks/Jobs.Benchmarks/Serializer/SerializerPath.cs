using Jobs.Benchmarks.Ratios;

namespace Jobs.Benchmarks.Serializer;

/// <summary>One operation, over and over on one thread.</summary>
internal sealed class SerializerPath(string name, Action operation) : IBenchPath
{
    public string Name => name;

    public Task RunAsync(int jobs)
    {
        for (var i = 0; i < jobs; i++)
        {
            operation();
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => default;
}
