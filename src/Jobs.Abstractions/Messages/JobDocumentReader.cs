using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Jobs.Messages;

/// <summary>Reads the envelope of one document. Says what is wrong in a text that holds nothing of the document but names.</summary>
internal ref struct JobDocumentReader
{
    // A character may be written as six bytes (\u002B).
    private const int BytesPerCharacter = 6;
    private const int LongestDuration = 32;

    private readonly ReadOnlySpan<byte> _document;
    private Utf8JsonReader _json;
    private uint _seen;
    private bool _stopped;

    private JobId? _id;
    private string? _source;
    private string? _type;
    private string? _queue;
    private int? _version;
    private DateTimeOffset? _time;
    private DateTimeOffset? _due;

    private bool _hasAttributes;
    private JobPriority _priority = JobPriority.Normal;
    private DateTimeOffset? _expires;
    private string? _key;
    private string? _tenant;
    private int? _maxAttempts;
    private TimeSpan? _backoff;
    private TimeSpan? _timeout;
    private string? _correlationId;
    private JobId? _parent;
    private JobId? _root;
    private string? _schedule;
    private DateTimeOffset? _tick;
    private string? _partition;
    private string? _concurrencyKey;
    private string? _replyTo;
    private string? _traceParent;
    private string? _traceState;
    private Dictionary<string, string>? _headers;

    public JobDocumentReader(ReadOnlySpan<byte> document)
    {
        _document = document;
        _json = new Utf8JsonReader(document);
    }

    public int DataStart { get; private set; }

    public int DataLength { get; private set; }

    /// <summary>Reads everything but the payload; null if all is well.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A text is not valid UTF-8 or UTF-16.</exception>
    public string? Read()
    {
        if (_document.IsEmpty)
        {
            return "The document is empty.";
        }

        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
        {
            return "The document is not a JSON object.";
        }

        while (!_stopped && _json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadMember() is { } error)
            {
                return error;
            }
        }

        if (!_stopped)
        {
            // Throws if anything follows.
            _json.Read();
        }

        return (_id, _source, _type) switch
        {
            _ when !HasSeen(DocumentAttribute.SpecVersion) => Missing(DocumentAttribute.SpecVersion),
            (null, _, _) => Missing(DocumentAttribute.Id),
            (_, null, _) => Missing(DocumentAttribute.Source),
            (_, _, null) => Missing(DocumentAttribute.Type),
            _ => null,
        };
    }

    /// <summary>Hands over what was read.</summary>
    public readonly void CopyTo(JobMessage message)
    {
        message.Id = _id.GetValueOrDefault();
        message.Source = _source!;
        message.Name = _type!;
        message.EnqueuedAt = _time.GetValueOrDefault();
        message.Version = _version ?? message.Version;
        message.Queue = _queue ?? message.Queue;
        message.Due = _due;
        if (!_hasAttributes)
        {
            return;
        }

        message.Attributes = new MessageAttributes
        {
            Expires = _expires,
            Priority = _priority,
            Key = _key,
            Tenant = _tenant,
            TraceParent = _traceParent,
            TraceState = _traceState,
            MaxAttempts = _maxAttempts,
            Backoff = _backoff,
            Timeout = _timeout,
            CorrelationId = _correlationId,
            ParentId = _parent,
            RootId = _root,
            Schedule = _schedule,
            Tick = _tick,
            Partition = _partition,
            ConcurrencyKey = _concurrencyKey,
            ReplyTo = _replyTo,
            Headers = _headers ?? MessageAttributes.None.Headers,
        };
    }

    private static string Missing(DocumentAttribute attribute) => $"Attribute '{NameOf(attribute)}' is missing.";

    private static string NameOf(DocumentAttribute attribute) =>
        attribute == DocumentAttribute.DataBase64 ? "data_base64" : attribute.ToString().ToLowerInvariant();

    private readonly bool HasSeen(DocumentAttribute attribute) => (_seen & (1u << (int)attribute)) != 0;

    private string? ReadMember()
    {
        var attribute = FindAttribute();
        if (attribute == DocumentAttribute.Other)
        {
            return ReadHeader();
        }

        if (HasSeen(attribute))
        {
            return $"Attribute '{NameOf(attribute)}' appears twice.";
        }

        _seen |= 1u << (int)attribute;
        if (attribute == DocumentAttribute.Data && TryStopAtData())
        {
            return null;
        }

        _json.Read();
        // CloudEvents: an attribute that is null is absent. A payload that is null is none.
        if (_json.TokenType == JsonTokenType.Null)
        {
            return attribute == DocumentAttribute.SpecVersion ? Missing(attribute) : null;
        }

        _hasAttributes |= attribute is >= DocumentAttribute.JobExpires and <= DocumentAttribute.TraceState;
        return ReadValue(attribute) is { } problem ? $"Attribute '{NameOf(attribute)}' {problem}." : null;
    }

    private DocumentAttribute FindAttribute()
    {
        if (!_json.ValueIsEscaped)
        {
            return DocumentAttributes.Find(_json.ValueSpan);
        }

        if (_json.ValueSpan.Length > DocumentAttributes.LongestName * BytesPerCharacter)
        {
            return DocumentAttribute.Other;
        }

        Span<byte> name = stackalloc byte[DocumentAttributes.LongestName * BytesPerCharacter];
        return DocumentAttributes.Find(name[.._json.CopyString(name)]);
    }

    private string? ReadValue(DocumentAttribute attribute) => attribute switch
    {
        DocumentAttribute.SpecVersion => IsText() && _json.ValueTextEquals("1.0"u8) ? null : "is not '1.0'",
        DocumentAttribute.Id => ReadId(out _id),
        DocumentAttribute.Source => ReadName(out _source),
        DocumentAttribute.Type => ReadName(out _type),
        DocumentAttribute.Time => ReadTime(out _time),
        DocumentAttribute.DataContentType => ReadContentType(),
        DocumentAttribute.JobVersion => ReadCount(out _version),
        DocumentAttribute.JobQueue => ReadName(out _queue),
        DocumentAttribute.JobDue => ReadTime(out _due),
        DocumentAttribute.JobExpires => ReadTime(out _expires),
        DocumentAttribute.JobPriority => ReadPriority(),
        DocumentAttribute.JobKey => ReadText(out _key),
        DocumentAttribute.JobTenant => ReadText(out _tenant),
        DocumentAttribute.JobMaxAttempts => ReadCount(out _maxAttempts),
        DocumentAttribute.JobBackoff => ReadDuration(out _backoff),
        DocumentAttribute.JobTimeout => ReadDuration(out _timeout),
        DocumentAttribute.JobCorrelationId => ReadText(out _correlationId),
        DocumentAttribute.JobParent => ReadId(out _parent),
        DocumentAttribute.JobRoot => ReadId(out _root),
        DocumentAttribute.JobSchedule => ReadText(out _schedule),
        DocumentAttribute.JobTick => ReadTime(out _tick),
        DocumentAttribute.JobPartition => ReadText(out _partition),
        DocumentAttribute.JobConcurrencyKey => ReadText(out _concurrencyKey),
        DocumentAttribute.JobReplyTo => ReadText(out _replyTo),
        DocumentAttribute.TraceParent => ReadText(out _traceParent),
        DocumentAttribute.TraceState => ReadText(out _traceState),
        DocumentAttribute.Data => ReadData(),
        _ => "is reserved: the payload must be JSON in 'data'",
    };

    // The members of the payload cost the most to read, and only the job needs them: where nothing but the end of the
    // document follows, the payload is stepped over by its brackets alone. What is wrong inside is found when the job reads it.
    private bool TryStopAtData()
    {
        var start = (int)_json.BytesConsumed;
        start += CountWhitespace(_document[start..]);
        var length = JsonScan.ObjectLength(_document[start..]);
        if (length < 0)
        {
            return false;
        }

        var rest = _document[(start + length)..];
        rest = rest[CountWhitespace(rest)..];
        if (rest.IsEmpty || rest[0] != '}' || CountWhitespace(rest[1..]) != rest.Length - 1)
        {
            return false;
        }

        DataStart = start;
        DataLength = length;
        _stopped = true;
        return true;
    }

    private static int CountWhitespace(ReadOnlySpan<byte> json)
    {
        var count = json.IndexOfAnyExcept(" \t\r\n"u8);
        return count < 0 ? json.Length : count;
    }

    private string? ReadData()
    {
        DataStart = (int)_json.TokenStartIndex;
        _json.Skip();
        DataLength = (int)_json.BytesConsumed - DataStart;
        return null;
    }

    private string? ReadHeader()
    {
        var name = TextCache.Get(ref _json);
        _json.Read();
        var value = _json.TokenType switch
        {
            JsonTokenType.String => _json.GetString(),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.Number when _json.TryGetInt32(out var number) => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        if (value is null)
        {
            // No CloudEvents attribute: something of a later version.
            _json.Skip();
            return null;
        }

        _hasAttributes = true;
        _headers ??= new Dictionary<string, string>(StringComparer.Ordinal);
        return _headers.TryAdd(name, value) ? null : "A header appears twice.";
    }

    private bool IsText() => _json.TokenType == JsonTokenType.String;

    private string? ReadText(out string? value)
    {
        value = IsText() ? _json.GetString() : null;
        return value is null ? "is not a string" : null;
    }

    private string? ReadName(out string? value)
    {
        value = IsText() && !_json.ValueSpan.IsEmpty ? TextCache.Get(ref _json) : null;
        return value is null ? "is not a string of one character or more" : null;
    }

    private string? ReadId(out JobId? value)
    {
        value = null;
        if (IsText() && JobId.TryRead(ref _json, out var id))
        {
            value = id;
            return null;
        }

        return $"is not a string of 1 to {JobId.MaxLength} characters";
    }

    private string? ReadCount(out int? value)
    {
        // Some SDKs know attributes only as text.
        var isCount = _json.TokenType == JsonTokenType.Number
            ? _json.TryGetInt32(out var count)
            : Utf8Parser.TryParse(IsText() ? _json.ValueSpan : default, out count, out var used) && used == _json.ValueSpan.Length;
        value = isCount && count > 0 ? count : null;
        return value is null ? "is not a whole number of 1 or more" : null;
    }

    private string? ReadTime(out DateTimeOffset? value)
    {
        var isTime = Rfc3339.TryRead(ref _json, out var time);
        value = isTime ? time : null;
        return isTime ? null : "is not an RFC 3339 time with an offset (2026-11-22T10:00:00Z)";
    }

    private string? ReadDuration(out TimeSpan? value)
    {
        value = null;
        if (IsText() && _json.ValueSpan.Length <= LongestDuration * BytesPerCharacter)
        {
            Span<char> buffer = stackalloc char[LongestDuration * BytesPerCharacter];
            var text = buffer[.._json.CopyString(buffer)];
            // A plain number would be taken as days.
            if (text.Count(':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration) && duration >= TimeSpan.Zero)
            {
                value = duration;
                return null;
            }
        }

        return "is not a duration ([d.]hh:mm:ss[.fffffff])";
    }

    private string? ReadPriority()
    {
        if (IsText())
        {
            if (_json.ValueTextEquals("high"u8))
            {
                _priority = JobPriority.High;
                return null;
            }

            if (_json.ValueTextEquals("low"u8))
            {
                _priority = JobPriority.Low;
                return null;
            }

            if (_json.ValueTextEquals("normal"u8))
            {
                return null;
            }
        }

        return "is not low, normal or high";
    }

    private string? ReadContentType()
    {
        if (IsText())
        {
            var mediaType = _json.GetString().AsSpan();
            var parameters = mediaType.IndexOf(';');
            mediaType = (parameters < 0 ? mediaType : mediaType[..parameters]).Trim();
            if (mediaType.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return "is not a JSON media type";
    }
}
