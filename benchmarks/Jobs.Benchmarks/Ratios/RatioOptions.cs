using System.Globalization;

namespace Jobs.Benchmarks.Ratios;

/// <summary>What a ratio run may be told.</summary>
internal sealed record RatioOptions
{
    public int Rounds { get; init; } = 15;

    public int Warmup { get; init; } = 10;

    /// <summary>Jobs, or operations, of a fast path in one round.</summary>
    public int Jobs { get; init; } = 1_000_000;

    /// <summary>Jobs of MassTransit and Quartz in one round: they would take minutes with more.</summary>
    public int SlowJobs { get; init; } = 5_000;

    /// <summary>Consumers of a channel; concurrency of a worker, a receive endpoint, a scheduler.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Latencies measured per path and round.</summary>
    public int Samples { get; init; } = 200;

    /// <summary>Leaves MassTransit and Quartz out.</summary>
    public bool Only { get; init; }

    /// <summary>The server whose CPU time is told besides; null: none.</summary>
    public int? ServerProcessId { get; init; }

    public static RatioOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new RatioOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--only")
            {
                options = options with { Only = true };
                continue;
            }

            var value = i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : throw new ArgumentException($"{args[i]} needs a positive number.");
            options = args[i++] switch
            {
                "--rounds" => options with { Rounds = value },
                "--warmup" => options with { Warmup = value },
                "--jobs" => options with { Jobs = value },
                "--slow-jobs" => options with { SlowJobs = value },
                "--workers" => options with { Workers = value },
                "--samples" => options with { Samples = value },
                var unknown => throw new ArgumentException($"Unknown option {unknown}."),
            };
        }

        return options;
    }
}
