using System.Buffers;
using Jobs.Hosting;
using Microsoft.Extensions.Configuration;

namespace Jobs.Brokers;

/// <summary>What every adapter decides alike. For adapters.</summary>
internal static class AdapterRules
{
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(365);

    /// <exception cref="JobConfigurationException">The lease is out of range, or no priority is named.</exception>
    public static void Check(string queue, ReceiverOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Lease <= TimeSpan.Zero || options.Lease > LongestLease)
        {
            throw new JobConfigurationException($"Queue '{queue}' is received with a lease of {options.Lease}; it must be positive and at most {LongestLease.TotalDays} days (Jobs:Queues:{queue}:Lease).");
        }

        if (options.Priorities.Count == 0)
        {
            throw new JobConfigurationException($"Queue '{queue}' is received without any priority; name at least one.");
        }
    }

    /// <summary>The connection string of an adapter that names none itself: <c>ConnectionStrings:jobs-{name}</c>; else <c>ConnectionStrings:jobs</c>, but
    /// only if it is the broker: one that only keeps what is stored is on another server, and names its own.</summary>
    public static string? ConnectionStringOf(IConfiguration configuration, JobsOptions options, string name) =>
        configuration.GetConnectionString($"jobs-{name}")
        ?? (options.Broker.Equals(name, StringComparison.OrdinalIgnoreCase) ? configuration.GetConnectionString("jobs") : null);

    /// <summary>Begins a receive, of which a receiver has one at a time; it ends when the caller sets <paramref name="isReceiving"/> back to 0.</summary>
    /// <exception cref="ArgumentException">The buffer is empty.</exception>
    /// <exception cref="InvalidOperationException">Another one is still waiting.</exception>
    public static void BeginReceive(string queue, ReadOnlyMemory<JobDelivery> buffer, ref int isReceiving, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty)
        {
            throw new ArgumentException("The buffer must hold at least one delivery.", nameof(buffer));
        }

        if (Interlocked.Exchange(ref isReceiving, 1) != 0)
        {
            throw new InvalidOperationException($"A receiver has one receive at a time; one on queue '{queue}' is still waiting.");
        }
    }

    /// <summary>The level that takes a priority: one that the queue does not have takes the nearest below, else above, for nobody reads it otherwise.</summary>
    public static JobPriority LevelOf(QueueTopology? topology, JobPriority priority)
    {
        if (topology?.Priorities is not { Count: > 0 } levels || levels.Contains(priority))
        {
            return priority;
        }

        var (below, lowest) = ((JobPriority?)null, levels[0]);
        foreach (var level in levels)
        {
            below = level < priority && !(level < below) ? level : below;
            lowest = level < lowest ? level : lowest;
        }

        return below ?? lowest;
    }

    /// <summary>The levels of priorities, each once, the lowest first.</summary>
    public static int[] LevelsOf(IEnumerable<JobPriority> priorities, Func<JobPriority, int> levelOf)
    {
        var levels = new SortedSet<int>();
        foreach (var priority in priorities)
        {
            levels.Add(levelOf(priority));
        }

        return [.. levels];
    }

    /// <summary>The shortest lease of all queues: a connection that is dead has to be found out well within it.</summary>
    public static TimeSpan ShortestLeaseOf(JobsOptions options)
    {
        var shortest = new QueueOptions().Lease;
        foreach (var queue in options.Queues.Values)
        {
            shortest = queue.Lease < shortest ? queue.Lease : shortest;
        }

        return shortest;
    }

    /// <summary>The encoded state of the copy, or of the dead letter, that a settlement leaves behind; empty for none.</summary>
    public static ReadOnlyMemory<byte> StateOf(in Settlement settlement)
    {
        if (settlement.Kind == SettleKind.Complete || settlement.Delivery.Message is null)
        {
            return default;
        }

        var output = new ArrayBufferWriter<byte>(256);
        settlement.NextState().WriteTo(output);
        return output.WrittenMemory;
    }
}
