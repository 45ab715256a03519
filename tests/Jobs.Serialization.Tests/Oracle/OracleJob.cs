using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Jobs.Definitions;

namespace Jobs.Serialization.Tests.Oracle;

/// <summary>A definition beside the serializer that it must agree with.</summary>
public abstract class OracleJob
{
    /// <summary>What the payload of every job is defined by.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>All jobs of <see cref="OracleJobs"/>, by name.</summary>
    public static IReadOnlyDictionary<string, OracleJob> All { get; } = typeof(OracleJobsClient).GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
        .Where(type => type.IsValueType)
        .Select(type => (OracleJob)Activator.CreateInstance(typeof(OracleJob<>).MakeGenericType(type))!)
        .ToDictionary(job => job.Name);

    /// <summary>The names, as rows of a theory.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    public abstract string Name { get; }

    public abstract object CreateArgs(RandomValues random);

    public abstract byte[] Write(object args);

    public abstract byte[] WriteByOracle(object args);

    public abstract object Read(ReadOnlySpan<byte> json);

    public abstract object ReadByOracle(ReadOnlySpan<byte> json);
}

/// <inheritdoc/>
public sealed class OracleJob<TArgs> : OracleJob
    where TArgs : struct, IJobArgs<TArgs>
{
    private static readonly JobDefinition<TArgs> Definition = TArgs.Definition;

    public override string Name => Definition.Name;

    public override object CreateArgs(RandomValues random) => random.CreateArgs(typeof(TArgs));

    public override byte[] Write(object args)
    {
        using var json = JsonScratch.Rent();
        JobJson.WritePayload(Definition, json.Writer, (TArgs)args);
        return json.Complete().ToArray();
    }

    public override byte[] WriteByOracle(object args) => JsonSerializer.SerializeToUtf8Bytes((TArgs)args, Options);

    public override object Read(ReadOnlySpan<byte> json) => JobJson.ReadPayload(Definition, json);

    public override object ReadByOracle(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<TArgs>(json, Options);
}
