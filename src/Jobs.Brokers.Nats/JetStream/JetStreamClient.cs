using System.Buffers;
using System.Text;
using System.Text.Json;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>The calls of JetStream's API. Safe for concurrent use.</summary>
/// <remarks>
/// <para>They wait for a server that is away until their token ends, and are made again while the server has no leader, is too busy
/// or does not answer, for <see cref="Patience"/>; then <see cref="JetStreamErrorKind.Unavailable"/> is thrown.</para>
/// <para>So a call may be carried out twice. All calls bear that; what is said about it may then be less than was done: see there.</para>
/// </remarks>
/// <param name="client">The connection.</param>
/// <param name="time">The clock of waits.</param>
/// <param name="prefix">What the subjects begin with: <c>$JS.API</c>, or <c>$JS.{domain}.API</c>.</param>
internal sealed partial class JetStreamClient(INatsClient client, TimeProvider time, string prefix = "$JS.API")
{
    private const int DeleteFailed = 10057;

    private static readonly TimeSpan ReaderLife = TimeSpan.FromSeconds(30);
    private static readonly byte[] Acknowledgement = "+ACK"u8.ToArray();

    /// <summary>How long a call is made again on a server that is there.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer is waited for before the call is made again.</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The server that is connected, or was last; null before the first.</summary>
    public NatsServerInfo? Server => client.Server;

    /// <summary>What the account has, and may have.</summary>
    /// <exception cref="JetStreamException"><see cref="JetStreamErrorKind.NotEnabled"/>.</exception>
    public async ValueTask<AccountInfo> GetAccountAsync(CancellationToken cancellationToken)
    {
        using var answer = await CallAsync("INFO", default, cancellationToken).ConfigureAwait(false);
        return AccountInfo.Read(answer.RootElement);
    }

    /// <summary>Creates a stream; one that is there with the same settings will do.</summary>
    /// <exception cref="JetStreamException"><see cref="JetStreamErrorKind.NameInUse"/> or <see cref="JetStreamErrorKind.SubjectInUse"/>, among others.</exception>
    public ValueTask<StreamInfo> CreateStreamAsync(StreamConfig config, CancellationToken cancellationToken) =>
        PutStreamAsync("CREATE", config, cancellationToken);

    /// <summary>Changes a stream. To leave alone what others set, change <see cref="StreamInfo.Config"/>.</summary>
    /// <exception cref="JetStreamException"><see cref="JetStreamErrorKind.NotFound"/> or <see cref="JetStreamErrorKind.Invalid"/>, among others.</exception>
    public ValueTask<StreamInfo> UpdateStreamAsync(StreamConfig config, CancellationToken cancellationToken) =>
        PutStreamAsync("UPDATE", config, cancellationToken);

    /// <summary>A stream, or null.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="subjectsFilter">Counts the messages of each subject that matches; null: of none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<StreamInfo?> GetStreamAsync(string name, string? subjectsFilter = null, CancellationToken cancellationToken = default)
    {
        StreamInfo? info = null;
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var (offset, total) = (0L, 1L); offset < total;)
        {
            var body = subjectsFilter is null ? default : Body(writer =>
            {
                writer.WriteString("subjects_filter"u8, subjectsFilter);
                writer.WriteNumber("offset"u8, offset);
            });
            using var answer = await FindAsync($"STREAM.INFO.{JetStreamNames.Checked(name)}", body, JetStreamErrorKind.NotFound, cancellationToken).ConfigureAwait(false);
            if (answer is null)
            {
                return null;
            }

            info ??= StreamInfo.Read(answer.RootElement);
            var read = ReadCounts(answer.RootElement, counts);
            offset += read;
            total = read == 0 ? 0 : answer.RootElement.Int64("total"u8);
        }

        return info! with { Subjects = counts };
    }

    /// <summary>Deletes one message.</summary>
    /// <returns>False if it was not there. If an answer was lost and the call made again, a message that is not there counts as deleted by it.</returns>
    public async ValueTask<bool> DeleteMessageAsync(string stream, ulong sequence, CancellationToken cancellationToken)
    {
        var body = Body(writer =>
        {
            writer.WriteNumber("seq"u8, sequence);
            writer.WriteBoolean("no_erase"u8, true);
        });
        var tries = new Tries(time, Patience);
        try
        {
            using var answer = await CallAsync($"STREAM.MSG.DELETE.{JetStreamNames.Checked(stream)}", body, tries, cancellationToken).ConfigureAwait(false);
            return answer.RootElement.Flag("success"u8);
        }
        catch (JetStreamException error) when (error.Kind == JetStreamErrorKind.NoMessage)
        {
            return tries.MayHaveArrived;
        }
        catch (JetStreamException error) when (error.ErrorCode == DeleteFailed)
        {
            // Which is also what servers say when there is nothing to delete.
            return await GetMessageAsync(stream, sequence, null, cancellationToken).ConfigureAwait(false) is null
                ? tries.MayHaveArrived
                : throw new JetStreamException(error.Kind, error.Code, error.ErrorCode, error.Message, error);
        }
    }

    /// <summary>Deletes all messages, those in hand included, or those of matching subjects.</summary>
    /// <returns>How many; fewer than there were if an answer was lost and the call made again.</returns>
    public ValueTask<long> PurgeAsync(string stream, string? filter, CancellationToken cancellationToken) =>
        PurgeAsync(stream, filter is null ? default : Body(writer => writer.WriteString("filter"u8, filter)), cancellationToken);

    /// <summary>Deletes all messages before a place.</summary>
    /// <returns>How many; fewer than there were if an answer was lost and the call made again.</returns>
    public ValueTask<long> PurgeBeforeAsync(string stream, ulong sequence, CancellationToken cancellationToken) =>
        PurgeAsync(stream, Body(writer => writer.WriteNumber("seq"u8, sequence)), cancellationToken);

    /// <summary>The message at a place of the stream, or null.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="sequence">Its place.</param>
    /// <param name="nextBySubject">Finds the first message at that place or later whose subject matches.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public ValueTask<StoredMessage?> GetMessageAsync(string stream, ulong sequence, string? nextBySubject, CancellationToken cancellationToken) =>
        ReadMessageAsync(stream, Body(writer =>
        {
            writer.WriteNumber("seq"u8, sequence);
            if (nextBySubject is not null)
            {
                writer.WriteString("next_by_subj"u8, nextBySubject);
            }
        }), cancellationToken);

    /// <summary>The last message of a subject, or null.</summary>
    public ValueTask<StoredMessage?> GetLastMessageAsync(string stream, string subject, CancellationToken cancellationToken) =>
        ReadMessageAsync(stream, Body(writer => writer.WriteString("last_by_subj"u8, subject)), cancellationToken);

    /// <summary>Creates a consumer, or changes what can be changed of one that is there.</summary>
    /// <exception cref="JetStreamException"><see cref="JetStreamErrorKind.NotFound"/>: there is no such stream; <see cref="JetStreamErrorKind.NameInUse"/>, among others.</exception>
    public async ValueTask<ConsumerInfo> CreateConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken)
    {
        // The newer form has the filter in its subject, where a wildcard cannot stand.
        var subject = config.FilterSubject is { } filter && !HasWildcard(filter)
            ? $"CONSUMER.CREATE.{JetStreamNames.Checked(stream)}.{JetStreamNames.Checked(config.Name)}.{filter}"
            : $"CONSUMER.DURABLE.CREATE.{JetStreamNames.Checked(stream)}.{JetStreamNames.Checked(config.Name)}";
        var body = Body(writer =>
        {
            writer.WriteString("stream_name"u8, stream);
            writer.WritePropertyName("config"u8);
            config.Write(writer);
        });
        using var answer = await CallAsync(subject, body, cancellationToken).ConfigureAwait(false);
        return ConsumerInfo.Read(answer.RootElement);
    }

    /// <summary>Creates a consumer that reads a stream once, from a place on, and acknowledges nothing. It is gone soon after nobody pulls from it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">Its name, which nobody else has.</param>
    /// <param name="subject">A subject, which may have wildcards, or null: all.</param>
    /// <param name="from">The place.</param>
    /// <param name="headersOnly">True leaves the payloads out.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many messages it will hand out.</returns>
    public async ValueTask<long> CreateReaderAsync(string stream, string name, string? subject, ulong from, bool headersOnly, CancellationToken cancellationToken)
    {
        var body = Body(writer =>
        {
            writer.WriteString("stream_name"u8, stream);
            writer.WriteStartObject("config"u8);
            writer.WriteString("name"u8, name);
            if (subject is not null)
            {
                writer.WriteString("filter_subject"u8, subject);
            }

            writer.WriteString("ack_policy"u8, "none"u8);
            writer.WriteString("deliver_policy"u8, "by_start_sequence"u8);
            writer.WriteNumber("opt_start_seq"u8, Math.Max(1, from));
            writer.WriteString("replay_policy"u8, "instant"u8);
            writer.WriteBoolean("headers_only"u8, headersOnly);
            writer.WriteBoolean("mem_storage"u8, true);
            writer.WriteNumber("num_replicas"u8, 1);
            writer.WriteDuration("inactive_threshold"u8, ReaderLife);
            writer.WriteEndObject();
        });

        // Where the filter has a wildcard, it cannot stand in the subject.
        var filter = subject is null || HasWildcard(subject) ? "" : $".{subject}";
        using var answer = await CallAsync($"CONSUMER.CREATE.{JetStreamNames.Checked(stream)}.{JetStreamNames.Checked(name)}{filter}", body, cancellationToken).ConfigureAwait(false);
        return ConsumerInfo.Read(answer.RootElement).Pending;
    }

    /// <summary>A consumer, or null if it or its stream is not there.</summary>
    public async ValueTask<ConsumerInfo?> GetConsumerAsync(string stream, string name, CancellationToken cancellationToken)
    {
        using var answer = await FindAsync(
            $"CONSUMER.INFO.{JetStreamNames.Checked(stream)}.{JetStreamNames.Checked(name)}", default, JetStreamErrorKind.NotFound, cancellationToken).ConfigureAwait(false);
        return answer is null ? null : ConsumerInfo.Read(answer.RootElement);
    }

    /// <summary>Deletes a consumer; what it had in hand is handed out again by the next one.</summary>
    /// <returns>False if it was not there; also if an answer was lost and the call made again.</returns>
    public async ValueTask<bool> DeleteConsumerAsync(string stream, string name, CancellationToken cancellationToken)
    {
        using var answer = await FindAsync(
            $"CONSUMER.DELETE.{JetStreamNames.Checked(stream)}.{JetStreamNames.Checked(name)}", default, JetStreamErrorKind.NotFound, cancellationToken).ConfigureAwait(false);
        return answer is not null;
    }

    /// <summary>Stores a message. It may be stored twice unless its headers prevent that: <c>Nats-Msg-Id</c>, or an expected sequence.</summary>
    /// <param name="subject">Where to.</param>
    /// <param name="headers">A block, or empty.</param>
    /// <param name="payload">What.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What JetStream said, refusals included; and whether an earlier answer was lost, so that a refusal may be due to the message itself.</returns>
    public async ValueTask<(PublishAck Ack, bool IsRepeated)> PublishAsync(
        string subject, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var tries = new Tries(time, Patience);
        var ack = await AskAsync(Encoding.ASCII.GetBytes(subject), headers, payload, tries, reply => ReadAck(subject, reply.Payload), cancellationToken).ConfigureAwait(false);
        return (ack, tries.MayHaveArrived);
    }

    /// <summary>Ends a delivery, and waits for the server to say so.</summary>
    /// <param name="delivery">Where the delivery said to acknowledge it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask AcknowledgeAsync(ReadOnlyMemory<byte> delivery, CancellationToken cancellationToken) =>
        await AskAsync(delivery, default, Acknowledgement, new Tries(time, Patience), static _ => true, cancellationToken).ConfigureAwait(false);

    /// <summary>Where to pull messages from.</summary>
    public byte[] NextMessageSubject(string stream, string consumer) =>
        Encoding.ASCII.GetBytes($"{prefix}.CONSUMER.MSG.NEXT.{JetStreamNames.Checked(stream)}.{JetStreamNames.Checked(consumer)}");

    private static bool HasWildcard(string subject) => subject.AsSpan().ContainsAny('*', '>');

    private static long ReadCounts(JsonElement answer, Dictionary<string, long> counts)
    {
        var read = 0;
        if (answer.GetProperty("state"u8).TryGetProperty("subjects"u8, out var subjects) && subjects.ValueKind == JsonValueKind.Object)
        {
            foreach (var subject in subjects.EnumerateObject())
            {
                counts[subject.Name] = subject.Value.GetInt64();
                read++;
            }
        }

        return read;
    }

    private static ReadOnlyMemory<byte> Body(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(body);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenMemory;
    }

    private async ValueTask<StreamInfo> PutStreamAsync(string verb, StreamConfig config, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body))
        {
            config.Write(writer);
        }

        using var answer = await CallAsync($"STREAM.{verb}.{JetStreamNames.Checked(config.Name)}", body.WrittenMemory, cancellationToken).ConfigureAwait(false);
        return StreamInfo.Read(answer.RootElement);
    }

    private async ValueTask<long> PurgeAsync(string stream, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var answer = await CallAsync($"STREAM.PURGE.{JetStreamNames.Checked(stream)}", body, cancellationToken).ConfigureAwait(false);
        return answer.RootElement.Int64("purged"u8);
    }

    private async ValueTask<StoredMessage?> ReadMessageAsync(string stream, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var answer = await FindAsync($"STREAM.MSG.GET.{JetStreamNames.Checked(stream)}", body, JetStreamErrorKind.NoMessage, cancellationToken).ConfigureAwait(false);
        return answer is null ? null : StoredMessage.Read(answer.RootElement.GetProperty("message"u8));
    }

    // Null if what was asked for is not there.
    private async ValueTask<JsonDocument?> FindAsync(string call, ReadOnlyMemory<byte> body, JetStreamErrorKind missing, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(call, body, cancellationToken).ConfigureAwait(false);
        }
        catch (JetStreamException error) when (error.Kind == missing)
        {
            return null;
        }
    }

    private ValueTask<JsonDocument> CallAsync(string call, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        CallAsync(call, body, new Tries(time, Patience), cancellationToken);

    private ValueTask<JsonDocument> CallAsync(string call, ReadOnlyMemory<byte> body, Tries tries, CancellationToken cancellationToken) =>
        AskAsync(Encoding.ASCII.GetBytes($"{prefix}.{call}"), default, body, tries, reply => ReadAnswer(call, reply.Payload), cancellationToken);

    private async ValueTask<T> AskAsync<T>(
        ReadOnlyMemory<byte> subject, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload, Tries tries, Func<HeldMessage, T> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await client.WaitConnectedAsync(cancellationToken).ConfigureAwait(false);
                using var reply = await client.RequestAsync(subject.Span, headers.Span, payload.Span, AnswerTime, cancellationToken).ConfigureAwait(false);
                return read(reply);
            }
            catch (Exception error) when (error is NatsException or JetStreamException)
            {
                await tries.WaitAsync(error, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static PublishAck ReadAck(string subject, ReadOnlySpan<byte> json)
    {
        if (!PublishAck.TryParse(json, out var ack))
        {
            throw new JetStreamException(JetStreamErrorKind.Other, 0, 0, $"Something else than JetStream answers messages to '{subject}'.");
        }

        return ack.ErrorKind.Passes() ? throw JetStreamException.Of(json)! : ack;
    }

    private static JsonDocument ReadAnswer(string call, ReadOnlySpan<byte> json)
    {
        JsonDocument answer;
        try
        {
            var reader = new Utf8JsonReader(json);
            answer = JsonDocument.ParseValue(ref reader);
        }
        catch (JsonException error)
        {
            throw new JetStreamException(JetStreamErrorKind.Other, 0, 0, $"The answer of JetStream to {call} cannot be read.", error);
        }

        if (JetStreamException.Of(answer.RootElement) is { } refusal)
        {
            answer.Dispose();
            throw refusal;
        }

        return answer;
    }
}
