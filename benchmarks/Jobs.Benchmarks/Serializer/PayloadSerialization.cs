using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Jobs.Definitions;

namespace Jobs.Benchmarks.Serializer;

/// <summary>Both serializers on the same payload, through writers and readers that are used as the runtime uses them.</summary>
/// <remarks>Not for concurrent use.</remarks>
/// <typeparam name="TArgs">Our args.</typeparam>
/// <typeparam name="TEnvelope">A type with the same JSON: args are generated, so System.Text.Json's generator cannot see them.</typeparam>
internal sealed class PayloadSerialization<TArgs, TEnvelope> : IPayloadSerialization
    where TArgs : struct, IJobArgs<TArgs>
{
    private readonly JobDefinition<TArgs> _definition = JobDefinition.Of<TArgs>();
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;
    private readonly TArgs _args;
    private readonly TEnvelope _envelope;
    private readonly JsonTypeInfo<TEnvelope> _typeInfo;
    private readonly byte[] _json;
    private TArgs _ours;
    private TEnvelope? _theirs;

    public PayloadSerialization(string name, TArgs args, TEnvelope envelope, JsonTypeInfo<TEnvelope> typeInfo)
    {
        (Name, _args, _envelope, _typeInfo) = (name, args, envelope, typeInfo);
        _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = 64 });
        WriteTheirs();
        _json = _buffer.WrittenSpan.ToArray();
        WriteOurs();
        ReadOurs();
        if (!_buffer.WrittenSpan.SequenceEqual(_json))
        {
            throw new InvalidOperationException("The serializers write different bytes: there is nothing to compare.");
        }
    }

    public string Name { get; }

    public int Length => _json.Length;

    public void WriteOurs()
    {
        Reset();
        _definition.Write(_writer, _args);
        _writer.Flush();
    }

    public void WriteTheirs()
    {
        Reset();
        JsonSerializer.Serialize(_writer, _envelope, _typeInfo);
    }

    public void ReadOurs()
    {
        var reader = new Utf8JsonReader(_json);
        reader.Read();
        _ours = _definition.Read(ref reader);
    }

    // Of bytes, not of a reader: that overload reads everything twice.
    public void ReadTheirs() => _theirs = JsonSerializer.Deserialize(_json, _typeInfo);

    public override string ToString() => $"{Name} of {Length} bytes";

    public void Dispose() => _writer.Dispose();

    private void Reset()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
    }
}
