using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Jobs.Messages;

/// <summary>Writes and reads states: <c>docs/wire-format.md</c>.</summary>
internal static class MessageStateJson
{
    /// <summary>The largest number in a state: no job gets there, and adding to it cannot overflow.</summary>
    public const int MaxCount = 1_000_000_000;

    /// <summary>Writes a state of at most <see cref="MessageState.MaxBytes"/>; nothing where all is as just enqueued.</summary>
    public static void Write(MessageState state, IBufferWriter<byte> output) => MessageStateWriter.Write(state, output);

    /// <summary>Reads a state; empty means <see cref="MessageState.Initial"/>. Never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out MessageState? state, [NotNullWhen(false)] out string? error)
    {
        state = MessageState.Initial;
        error = null;
        if (json.IsEmpty)
        {
            return true;
        }

        var reader = new MessageStateReader(json);
        try
        {
            error = reader.Read(out state);
        }
        catch (JsonException exception)
        {
            error = $"The state is not valid JSON: {exception.Message}";
        }
        catch (InvalidOperationException exception)
        {
            error = $"The state holds text that is not valid: {exception.Message}";
        }

        state = error is null ? state : null;
        return error is null;
    }
}
