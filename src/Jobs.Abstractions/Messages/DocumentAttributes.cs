using System.Text.Json;

namespace Jobs.Messages;

/// <summary>The names of the members of a document.</summary>
internal static class DocumentAttributes
{
    public const int LongestName = 17;

    public static readonly JsonEncodedText SpecVersion = JsonEncodedText.Encode("specversion");
    public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    public static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    public static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
    public static readonly JsonEncodedText JobVersion = JsonEncodedText.Encode("jobversion");
    public static readonly JsonEncodedText JobQueue = JsonEncodedText.Encode("jobqueue");
    public static readonly JsonEncodedText JobDue = JsonEncodedText.Encode("jobdue");
    public static readonly JsonEncodedText JobExpires = JsonEncodedText.Encode("jobexpires");
    public static readonly JsonEncodedText JobPriority = JsonEncodedText.Encode("jobpriority");
    public static readonly JsonEncodedText JobKey = JsonEncodedText.Encode("jobkey");
    public static readonly JsonEncodedText JobTenant = JsonEncodedText.Encode("jobtenant");
    public static readonly JsonEncodedText JobMaxAttempts = JsonEncodedText.Encode("jobmaxattempts");
    public static readonly JsonEncodedText JobBackoff = JsonEncodedText.Encode("jobbackoff");
    public static readonly JsonEncodedText JobTimeout = JsonEncodedText.Encode("jobtimeout");
    public static readonly JsonEncodedText JobCorrelationId = JsonEncodedText.Encode("jobcorrelationid");
    public static readonly JsonEncodedText JobParent = JsonEncodedText.Encode("jobparent");
    public static readonly JsonEncodedText JobRoot = JsonEncodedText.Encode("jobroot");
    public static readonly JsonEncodedText JobSchedule = JsonEncodedText.Encode("jobschedule");
    public static readonly JsonEncodedText JobTick = JsonEncodedText.Encode("jobtick");
    public static readonly JsonEncodedText JobPartition = JsonEncodedText.Encode("jobpartition");
    public static readonly JsonEncodedText JobConcurrencyKey = JsonEncodedText.Encode("jobconcurrencykey");
    public static readonly JsonEncodedText JobReplyTo = JsonEncodedText.Encode("jobreplyto");
    public static readonly JsonEncodedText TraceParent = JsonEncodedText.Encode("traceparent");
    public static readonly JsonEncodedText TraceState = JsonEncodedText.Encode("tracestate");
    public static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");

    /// <summary>Finds an attribute by its unescaped name.</summary>
    public static DocumentAttribute Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("id"u8) => DocumentAttribute.Id,
        4 when name.SequenceEqual("data"u8) => DocumentAttribute.Data,
        4 when name.SequenceEqual("type"u8) => DocumentAttribute.Type,
        4 when name.SequenceEqual("time"u8) => DocumentAttribute.Time,
        6 when name.SequenceEqual("source"u8) => DocumentAttribute.Source,
        6 when name.SequenceEqual("jobdue"u8) => DocumentAttribute.JobDue,
        6 when name.SequenceEqual("jobkey"u8) => DocumentAttribute.JobKey,
        7 when name.SequenceEqual("jobroot"u8) => DocumentAttribute.JobRoot,
        7 when name.SequenceEqual("jobtick"u8) => DocumentAttribute.JobTick,
        7 when name.SequenceEqual("dataref"u8) => DocumentAttribute.DataRef,
        8 when name.SequenceEqual("jobqueue"u8) => DocumentAttribute.JobQueue,
        9 when name.SequenceEqual("jobtenant"u8) => DocumentAttribute.JobTenant,
        9 when name.SequenceEqual("jobparent"u8) => DocumentAttribute.JobParent,
        10 when name.SequenceEqual("jobversion"u8) => DocumentAttribute.JobVersion,
        10 when name.SequenceEqual("jobexpires"u8) => DocumentAttribute.JobExpires,
        10 when name.SequenceEqual("jobbackoff"u8) => DocumentAttribute.JobBackoff,
        10 when name.SequenceEqual("jobtimeout"u8) => DocumentAttribute.JobTimeout,
        10 when name.SequenceEqual("jobreplyto"u8) => DocumentAttribute.JobReplyTo,
        10 when name.SequenceEqual("tracestate"u8) => DocumentAttribute.TraceState,
        11 when name.SequenceEqual("specversion"u8) => DocumentAttribute.SpecVersion,
        11 when name.SequenceEqual("traceparent"u8) => DocumentAttribute.TraceParent,
        11 when name.SequenceEqual("jobpriority"u8) => DocumentAttribute.JobPriority,
        11 when name.SequenceEqual("jobschedule"u8) => DocumentAttribute.JobSchedule,
        11 when name.SequenceEqual("data_base64"u8) => DocumentAttribute.DataBase64,
        12 when name.SequenceEqual("jobpartition"u8) => DocumentAttribute.JobPartition,
        14 when name.SequenceEqual("jobmaxattempts"u8) => DocumentAttribute.JobMaxAttempts,
        15 when name.SequenceEqual("datacontenttype"u8) => DocumentAttribute.DataContentType,
        16 when name.SequenceEqual("jobcorrelationid"u8) => DocumentAttribute.JobCorrelationId,
        17 when name.SequenceEqual("jobconcurrencykey"u8) => DocumentAttribute.JobConcurrencyKey,
        _ => DocumentAttribute.Other,
    };
}
