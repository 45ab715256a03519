using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Jobs.Messages;

/// <summary>Writes and reads documents: <c>docs/wire-format.md</c>.</summary>
internal static class JobDocument
{
    /// <summary>Writes a message anew. All or nothing: what fails leaves the output as it was.</summary>
    /// <exception cref="JobPayloadException">The args cannot be written.</exception>
    public static void Write(JobMessage message, IBufferWriter<byte> output) => JobDocumentWriter.Write(message, output);

    /// <summary>Reads the envelope. Never throws: whatever is wrong with the bytes is said in <paramref name="error"/>.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> document,
        ReadOnlySpan<byte> state,
        [NotNullWhen(true)] out JobMessage? message,
        [NotNullWhen(false)] out string? error)
    {
        message = null;
        var reader = new JobDocumentReader(document.Span);
        try
        {
            error = reader.Read();
        }
        catch (JsonException exception)
        {
            error = $"The document is not valid JSON: {exception.Message}";
        }
        catch (InvalidOperationException exception)
        {
            error = $"The document holds text that is not valid: {exception.Message}";
        }

        if (error is not null || !MessageStateJson.TryRead(state, out var read, out error))
        {
            return false;
        }

        message = EncodedJobMessage.Rent(document, reader.DataStart, reader.DataLength);
        reader.CopyTo(message);
        message.State = read;
        return true;
    }
}
