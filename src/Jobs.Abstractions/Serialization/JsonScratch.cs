using System.Buffers;
using System.Text.Json;

namespace Jobs.Serialization;

/// <summary>A writer over a buffer, taken from a per-thread pool. Dispose it to give it back.</summary>
internal sealed class JsonScratch : IDisposable
{
    // What is enqueued must be readable: the reader stops at 64 levels, so the writer does too.
    private const int MaxDepth = 64;
    private const int LargestKept = 1024 * 1024;

    [ThreadStatic]
    private static JsonScratch? _cached;

    private ArrayBufferWriter<byte> _buffer = new(1024);

    private JsonScratch() => Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = MaxDepth });

    public Utf8JsonWriter Writer { get; }

    public static JsonScratch Rent()
    {
        var scratch = _cached ?? new JsonScratch();
        _cached = null;
        return scratch;
    }

    /// <summary>What was written; valid until disposed.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        Writer.Flush();
        return _buffer.WrittenSpan;
    }

    public void Dispose()
    {
        if (_buffer.Capacity > LargestKept)
        {
            _buffer = new ArrayBufferWriter<byte>(1024);
        }

        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
        _cached = this;
    }
}
