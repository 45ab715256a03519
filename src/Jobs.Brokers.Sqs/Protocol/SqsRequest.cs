using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Transport;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>The body of a request while it is written and sent. Pooled: dispose it once the request has ended.</summary>
internal sealed class SqsRequest : IDisposable
{
    private const int Most = 32;
    private const int LargestKept = 256 * 1024;

    // Bodies are full of quotes: two bytes for each, instead of six.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly ConcurrentQueue<SqsRequest> Free = new();

    private readonly PooledBuffer _buffer = new();

    private SqsRequest() => Json = new Utf8JsonWriter(_buffer, Options);

    /// <summary>What the body is written with; an object has been begun.</summary>
    public Utf8JsonWriter Json { get; }

    public ReadOnlyMemory<byte> Body => _buffer.WrittenMemory;

    public static SqsRequest Begin()
    {
        if (!Free.TryDequeue(out var request))
        {
            request = new SqsRequest();
        }

        request.Json.WriteStartObject();
        return request;
    }

    /// <summary>Begins a request about a queue.</summary>
    public static SqsRequest Begin(string queueUrl)
    {
        var request = Begin();
        request.Json.WriteString("QueueUrl"u8, queueUrl);
        return request;
    }

    public SqsRequest WithString(ReadOnlySpan<byte> name, string value)
    {
        Json.WriteString(name, value);
        return this;
    }

    public SqsRequest WithNumber(ReadOnlySpan<byte> name, int value)
    {
        Json.WriteNumber(name, value);
        return this;
    }

    public SqsRequest WithStrings(ReadOnlySpan<byte> name, IEnumerable<string> values)
    {
        Json.WriteStartArray(name);
        foreach (var value in values)
        {
            Json.WriteStringValue(value);
        }

        Json.WriteEndArray();
        return this;
    }

    public SqsRequest WithMap(ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string> values)
    {
        Json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            Json.WriteString(key, value);
        }

        Json.WriteEndObject();
        return this;
    }

    public SqsRequest End()
    {
        Json.WriteEndObject();
        Json.Flush();
        return this;
    }

    public void Dispose()
    {
        if (_buffer.WrittenCount > LargestKept)
        {
            _buffer.Dispose();
        }

        _buffer.Clear();
        Json.Reset();
        if (Free.Count < Most)
        {
            Free.Enqueue(this);
        }
        else
        {
            _buffer.Dispose();
        }
    }
}
