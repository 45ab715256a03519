using System.Buffers;
using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Benchmarks.Serializer;

/// <summary>Both serializers on the same order, through writers and readers that are used as the runtime uses them.</summary>
/// <remarks>Not for concurrent use.</remarks>
internal sealed class OrderSerialization : IDisposable
{
    private static readonly JobDefinition<OrderJobsClient.PlaceArgs> Definition = JobDefinition.Of<OrderJobsClient.PlaceArgs>();

    private readonly Order _order = new(
        Guid.Parse("0198f2c4-6a1b-7c3d-8e4f-5a6b7c8d9e0f"),
        "Ada Lovelace",
        new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero),
        [new OrderItem("KB-0815", 1, 89.90m), new OrderItem("MS-4711", 2, 24.50m)],
        new Address("12 Analytical Way", "London"),
        Express: true);

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;
    private readonly byte[] _json;

    public OrderSerialization()
    {
        _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = 64 });
        WriteTheirs();
        _json = _buffer.WrittenSpan.ToArray();
        WriteOurs();
        if (!_buffer.WrittenSpan.SequenceEqual(_json))
        {
            throw new InvalidOperationException("The serializers write different bytes: there is nothing to compare.");
        }
    }

    public int Length => _json.Length;

    public int WriteOurs()
    {
        Reset();
        Definition.Write(_writer, new OrderJobsClient.PlaceArgs(_order));
        _writer.Flush();
        return _buffer.WrittenCount;
    }

    public int WriteTheirs()
    {
        Reset();
        JsonSerializer.Serialize(_writer, new OrderEnvelope(_order), OrderJsonContext.Default.OrderEnvelope);
        return _buffer.WrittenCount;
    }

    public Order ReadOurs()
    {
        var reader = new Utf8JsonReader(_json);
        reader.Read();
        return Definition.Read(ref reader).Order;
    }

    // Of bytes, not of a reader: that overload reads everything twice.
    public Order ReadTheirs() => JsonSerializer.Deserialize(_json, OrderJsonContext.Default.OrderEnvelope).Order;

    public void Dispose() => _writer.Dispose();

    private void Reset()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
    }
}
