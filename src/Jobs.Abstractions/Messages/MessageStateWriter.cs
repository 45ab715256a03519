using System.Buffers;
using System.Text.Json;
using Jobs.Serialization;

namespace Jobs.Messages;

/// <summary>Writes states, leaving out as many failures in the middle as the limit asks for.</summary>
internal static class MessageStateWriter
{
    public static void Write(MessageState state, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (state is { IsNew: true, RecordVersion: 0 })
        {
            return;
        }

        // Ends: without failures a state has less than 300 bytes.
        for (var kept = Math.Min(state.Failures.Count, 2 * MessageState.KeptFailures); ; kept--)
        {
            using var json = JsonScratch.Rent();
            Write(state, kept, json.Writer);
            var bytes = json.Complete();
            if (bytes.Length <= MessageState.MaxBytes)
            {
                output.Write(bytes);
                return;
            }
        }
    }

    private static void Write(MessageState state, int kept, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteCount(writer, StateMembers.Copy, state.Copy, 0);
        WriteCount(writer, StateMembers.Attempt, state.Attempt, 1);
        WriteCount(writer, StateMembers.Crashes, state.Crashes, 0);
        WriteTime(writer, StateMembers.Due, state.Due);
        WriteTime(writer, StateMembers.UnknownSince, state.UnknownSince);
        var failures = state.Failures;
        if (kept > 0)
        {
            writer.WriteStartArray(StateMembers.Failures);
            for (var i = 0; i < failures.Count; i++)
            {
                if (i < kept / 2)
                {
                    WriteFailure(writer, failures[i], isLast: false);
                }
                else
                {
                    // On to the last ones: of an odd number they are the more.
                    i = Math.Max(i, failures.Count - (kept - (kept / 2)));
                    WriteFailure(writer, failures[i], isLast: i == failures.Count - 1);
                }
            }

            writer.WriteEndArray();
        }

        WriteCount(writer, StateMembers.Omitted, state.OmittedFailures + failures.Count - kept, 0);
        WriteCount(writer, StateMembers.Record, state.RecordVersion, 0);
        writer.WriteEndObject();
    }

    private static void WriteFailure(Utf8JsonWriter writer, JobFailure failure, bool isLast)
    {
        writer.WriteStartObject();
        writer.WriteNumber(StateMembers.Attempt, failure.Attempt);
        writer.WriteString(StateMembers.At, failure.At.UtcDateTime);
        writer.WriteString(StateMembers.Type, JsonText.Fit(failure.Type, JobFailure.MaxTypeBytes));
        writer.WriteString(StateMembers.Message, JsonText.Fit(failure.Message, JobFailure.MaxMessageBytes));
        if (isLast && failure.Stack is { } stack)
        {
            writer.WriteString(StateMembers.Stack, JsonText.Fit(stack, JobFailure.MaxStackBytes));
        }

        if (failure.Worker is { } worker)
        {
            writer.WriteString(StateMembers.Worker, JsonText.Fit(worker, JobFailure.MaxWorkerBytes));
        }

        writer.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter writer, JsonEncodedText name, long value, long absent)
    {
        if (value != absent)
        {
            writer.WriteNumber(name, value);
        }
    }

    private static void WriteTime(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset? time)
    {
        if (time is { } value)
        {
            writer.WriteString(name, value.UtcDateTime);
        }
    }
}
