using System.Text.Json;
using Jobs.Brokers.Sqs.Protocol.Answers;

namespace Jobs.Brokers.Sqs.Protocol.Batches;

/// <summary>Up to 10 entries that go out in one request; those that fail in a way that passes go out again. For one use.</summary>
/// <remarks>Places are those of the caller; on the wire an entry's id is its place, so results find it in whatever order they come.</remarks>
internal abstract class SqsBatch(SqsAction action, int length)
{
    /// <summary>What becomes of an entry of which the answer says nothing.</summary>
    private static readonly SqsEntryResult Missing =
        new(SqsErrorKind.BadAnswer, "MissingFromAnswer", "SQS did not say what became of the entry.") { IsOutcomeUnknown = true };

    /// <summary>Sends it.</summary>
    /// <param name="ask">Sends a request and gives its answer.</param>
    /// <param name="mayRetry">Waits after so many tries; false if they were enough.</param>
    /// <param name="queueUrl">Where to.</param>
    /// <param name="results">One for each entry.</param>
    /// <param name="isRepeatable">False where what was perhaps done must not be asked for again.</param>
    /// <exception cref="ArgumentException">There are no entries, or too many, or too few results.</exception>
    /// <exception cref="SqsException">Nothing is known of any entry but this.</exception>
    public async ValueTask RunAsync(Func<SqsAction, SqsRequest, ValueTask<SqsAnswer>> ask, Func<int, ValueTask<bool>> mayRetry, string queueUrl, Memory<SqsEntryResult> results, bool isRepeatable)
    {
        CheckLength(length, results.Span);
        var places = new byte[length];
        var left = Refuse(results.Span, places);
        for (var tries = 1; left > 0; tries++)
        {
            ExpectNothing(results.Span, places.AsSpan(0, left));
            try
            {
                using var request = SqsRequest.Begin(queueUrl);
                Write(request.Json, places.AsSpan(0, left));
                using var answer = await ask(action, request.End()).ConfigureAwait(false);
                Read(answer.Body, results.Span);
            }
            catch (SqsException exception) when (left < length)
            {
                // Others have a result already, which an exception would hide.
                foreach (var place in places.AsSpan(0, left))
                {
                    results.Span[place] = new SqsEntryResult(exception.Kind, exception.Code, exception.Message, exception.IsSenderFault) { IsOutcomeUnknown = exception.IsOutcomeUnknown };
                }

                return;
            }

            left = Remaining(results.Span, places.AsSpan(0, left), isRepeatable);
            if (left > 0 && !await mayRetry(tries).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <exception cref="ArgumentException">There are no entries, or too many, or too few results.</exception>
    public static void CheckLength(int length, ReadOnlySpan<SqsEntryResult> results)
    {
        if (length is < 1 or > SqsLimits.MaxBatch || results.Length < length)
        {
            throw new ArgumentException($"A batch of SQS has 1 to {SqsLimits.MaxBatch} entries, and a result for each; this one has {length}, and {results.Length} results.");
        }
    }

    /// <summary>Marks entries as unheard of until the answer says otherwise.</summary>
    public static void ExpectNothing(Span<SqsEntryResult> results, ReadOnlySpan<byte> places)
    {
        foreach (var place in places)
        {
            results[place] = Missing;
        }
    }

    /// <summary>Puts results where SQS would refuse an entry, and the places of all others in front.</summary>
    /// <returns>How many others there are.</returns>
    protected abstract int Refuse(Span<SqsEntryResult> results, Span<byte> places);

    /// <summary>Writes entries.</summary>
    protected abstract void Write(Utf8JsonWriter json, ReadOnlySpan<byte> places);

    /// <summary>Reads the answer.</summary>
    protected virtual void Read(ReadOnlySpan<byte> body, Span<SqsEntryResult> results) => BatchReader.Read(action, body, [], results[..length]);

    /// <summary>Begins an entry.</summary>
    protected static void WriteId(Utf8JsonWriter json, byte place)
    {
        json.WriteStartObject();
        json.WriteString("Id"u8, [(byte)('0' + place)]);
    }

    private static int Remaining(ReadOnlySpan<SqsEntryResult> results, Span<byte> places, bool isRepeatable)
    {
        var left = 0;
        foreach (var place in places)
        {
            ref readonly var result = ref results[place];
            if (SqsErrors.IsRetryable(result.Error) && !result.IsSenderFault && (isRepeatable || !result.IsOutcomeUnknown))
            {
                places[left++] = place;
            }
        }

        return left;
    }
}
