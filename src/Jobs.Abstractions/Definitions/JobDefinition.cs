using System.Text.Json;
using Jobs.Messages;
using Jobs.Schedules;

namespace Jobs.Definitions;

/// <summary>What the generator knows of a job: its name, version, settings and how its payload is written and read.</summary>
/// <remarks>One instance per job and process, made by generated code. Immutable and safe for concurrent use.</remarks>
public abstract class JobDefinition
{
    private static int _ordinals = -1;

    private protected JobDefinition(string name, Type argsType)
    {
        Name = name;
        ArgsType = argsType;
        Ordinal = Interlocked.Increment(ref _ordinals);
    }

    /// <summary>The definition that args of a type belong to, whichever assembly generated them.</summary>
    public static JobDefinition<TArgs> Of<TArgs>()
        where TArgs : IJobArgs<TArgs> => TArgs.Definition;

    /// <summary>The definition that args of a type belong to, for a job with a result.</summary>
    public static JobDefinition<TArgs, TResult> Of<TArgs, TResult>()
        where TArgs : IJobArgs<TArgs, TResult> => (JobDefinition<TArgs, TResult>)TArgs.Definition;

    /// <summary>The identity on the wire.</summary>
    public string Name { get; }

    /// <summary>The type of the args.</summary>
    public Type ArgsType { get; }

    /// <summary>Numbers the definitions of this process from 0, so that a host finds its settings by index.</summary>
    public int Ordinal { get; }

    /// <summary>The version of the arguments.</summary>
    /// <value>Default 1.</value>
    public int Version { get; init; } = 1;

    /// <summary>The oldest version of the arguments that can still be read.</summary>
    /// <value>Default <see cref="Version"/>.</value>
    public int OldestVersion { get => field == 0 ? Version : field; init; }

    /// <summary>The names that the job had before.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The queue of the attribute.</summary>
    /// <value>Default <c>default</c>.</value>
    public string Queue { get; init; } = JobMessage.DefaultQueue;

    /// <summary>The settings of the attribute.</summary>
    public JobPolicy Policy { get; init; } = JobPolicy.Unset;

    /// <summary>The template of the unique key, or null.</summary>
    public string? KeyTemplate { get; init; }

    /// <summary>The template of the concurrency key, or null.</summary>
    public string? ConcurrencyTemplate { get; init; }

    /// <summary>The template of the idempotency key, or null.</summary>
    public string? IdempotencyTemplate { get; init; }

    /// <summary>Set for a job that accumulates.</summary>
    public BatchPolicy? Batch { get; init; }

    /// <summary>When the job runs by itself.</summary>
    public IReadOnlyList<ScheduleDefinition> Schedules { get; init; } = [];

    /// <summary>Where the job is declared, for error messages: <c>Shop.EmailJobs.SendWelcome</c>.</summary>
    public string Location { get; init; } = "";

    /// <summary>True if the generator proved that nothing reachable from the args can change: they may be handed over by value.</summary>
    public bool HasImmutableArgs { get; init; }

    /// <summary>True for a job with a result.</summary>
    public virtual bool HasResult => false;

    /// <summary>The concurrency key that <see cref="ConcurrencyTemplate"/> makes of a message; null without one.</summary>
    /// <exception cref="JobPayloadException">The payload is not what the job takes.</exception>
    public abstract string? GetConcurrencyKey(JobMessage message);

    /// <summary>The idempotency key that <see cref="IdempotencyTemplate"/> makes of a message; null without one.</summary>
    /// <exception cref="JobPayloadException">The payload is not what the job takes.</exception>
    public abstract string? GetIdempotencyKey(JobMessage message);

    /// <summary>Reads the payload of a message and makes a message that holds it as a value; for promoters and tests.</summary>
    public abstract JobMessage Decode(JobMessage message);

    /// <summary>Makes a message of args that came as JSON, not yet addressed.</summary>
    /// <exception cref="JobPayloadException">The args are not what the job takes.</exception>
    internal abstract JobMessage Create(ReadOnlySpan<byte> args);
}
