using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace Jobs.Benchmarks.Memory;

/// <summary>Samples what the process allocates: the runtime names one object every 100 KB or so.</summary>
internal sealed class AllocatedTypes : EventListener
{
    private const EventKeywords GarbageCollection = (EventKeywords)1;

    private readonly ConcurrentDictionary<string, int> _samples = new();

    public void Print()
    {
        var all = _samples.Values.Sum();
        foreach (var (type, count) in _samples.OrderByDescending(static sample => sample.Value).Take(12))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(double)count / all,6:P1}  {type}"));
        }
    }

    protected override void OnEventSourceCreated(EventSource source)
    {
        if (source.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(source, EventLevel.Verbose, GarbageCollection);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs data)
    {
        if (data.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) == true
            && data.PayloadNames?.IndexOf("TypeName") is { } index and >= 0
            && data.Payload?[index] is string type)
        {
            _samples.AddOrUpdate(type, 1, static (_, count) => count + 1);
        }
    }
}
