using System.Text.Json;

namespace Jobs.Messages;

/// <summary>Reads one state. Unknown members are skipped, missing ones take their defaults.</summary>
internal ref struct MessageStateReader
{
    private Utf8JsonReader _json;

    public MessageStateReader(ReadOnlySpan<byte> json) => _json = new Utf8JsonReader(json);

    /// <summary>Reads the state; returns what is wrong with it, or null.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A text is not valid UTF-8 or UTF-16.</exception>
    public string? Read(out MessageState state)
    {
        state = MessageState.Initial;
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
        {
            return "The state is not a JSON object.";
        }

        int copy = 0, attempt = 1, crashes = 0, omitted = 0;
        var record = 0L;
        DateTimeOffset? due = null, unknownSince = null;
        List<JobFailure>? failures = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var error =
                Is(StateMembers.Copy) ? ReadCount("copy", 0, ref copy)
                : Is(StateMembers.Attempt) ? ReadCount("attempt", 1, ref attempt)
                : Is(StateMembers.Crashes) ? ReadCount("crashes", 0, ref crashes)
                : Is(StateMembers.Due) ? ReadTime("due", ref due)
                : Is(StateMembers.UnknownSince) ? ReadTime("unknownsince", ref unknownSince)
                : Is(StateMembers.Failures) ? ReadFailures(ref failures)
                : Is(StateMembers.Omitted) ? ReadCount("omitted", 0, ref omitted)
                : Is(StateMembers.Record) ? ReadVersion("record", ref record)
                : Skip();
            if (error is not null)
            {
                return error;
            }
        }

        // Throws if anything follows.
        _json.Read();
        state = new MessageState
        {
            Copy = copy,
            Attempt = attempt,
            Crashes = crashes,
            Due = due,
            UnknownSince = unknownSince,
            Failures = failures is { Count: > 0 } ? failures : MessageState.Initial.Failures,
            OmittedFailures = omitted,
            RecordVersion = record,
        };
        return null;
    }

    private string? ReadFailures(ref List<JobFailure>? failures)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return "Member 'failures' of the state is not an array.";
        }

        failures = [];
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                return "A failure in the state is not an object.";
            }

            if (ReadFailure(out var failure) is { } error)
            {
                return error;
            }

            failures.Add(failure);
        }

        return null;
    }

    private string? ReadFailure(out JobFailure failure)
    {
        failure = null!;
        var attempt = 1;
        DateTimeOffset? at = null;
        string? type = null, message = null, stack = null, worker = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var error =
                Is(StateMembers.Attempt) ? ReadCount("failures.attempt", 0, ref attempt)
                : Is(StateMembers.At) ? ReadTime("failures.at", ref at)
                : Is(StateMembers.Type) ? ReadText("failures.type", ref type)
                : Is(StateMembers.Message) ? ReadText("failures.message", ref message)
                : Is(StateMembers.Stack) ? ReadText("failures.stack", ref stack)
                : Is(StateMembers.Worker) ? ReadText("failures.worker", ref worker)
                : Skip();
            if (error is not null)
            {
                return error;
            }
        }

        failure = new JobFailure
        {
            Attempt = attempt,
            At = at.GetValueOrDefault(),
            Type = type ?? "",
            Message = message ?? "",
            Stack = stack,
            Worker = worker,
        };
        return null;
    }

    private bool Is(JsonEncodedText name) => _json.ValueTextEquals(name.EncodedUtf8Bytes);

    private string? Skip()
    {
        _json.Skip();
        return null;
    }

    private string? ReadCount(string name, int least, ref int value)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return _json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out value) && value >= least && value <= MessageStateJson.MaxCount
            ? null
            : $"Member '{name}' of the state is not a whole number from {least} to {MessageStateJson.MaxCount}.";
    }

    private string? ReadVersion(string name, ref long value)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return _json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out value) && value >= 0
            ? null
            : $"Member '{name}' of the state is not a whole number of at least 0.";
    }

    private string? ReadText(string name, ref string? value)
    {
        _json.Read();
        if (_json.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            return $"Member '{name}' of the state is not a string.";
        }

        value = _json.GetString();
        return null;
    }

    private string? ReadTime(string name, ref DateTimeOffset? value)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (!Rfc3339.TryRead(ref _json, out var time))
        {
            return $"Member '{name}' of the state is not an RFC 3339 time with an offset.";
        }

        value = time;
        return null;
    }
}
