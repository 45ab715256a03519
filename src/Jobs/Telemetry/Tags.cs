namespace Jobs.Telemetry;

/// <summary>Tag names of metrics and spans; the spans' are those of the OpenTelemetry messaging conventions.</summary>
internal static class Tags
{
    public const string Job = "job";
    public const string Queue = "queue";
    public const string Outcome = "outcome";
    public const string Reason = "reason";
    public const string Area = "area";
    public const string Schedule = "schedule";

    /// <summary>The value of <see cref="Job"/> for jobs that this host does not know; as in the OpenTelemetry conventions.</summary>
    public const string OtherJob = "_OTHER";

    public const string System = "messaging.system";
    public const string Destination = "messaging.destination.name";
    public const string Operation = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string MessageId = "messaging.message.id";
    public const string ConversationId = "messaging.message.conversation_id";
    public const string BatchCount = "messaging.batch.message_count";
    public const string ErrorType = "error.type";
    public const string JobName = "jobs.job.name";
    public const string Attempt = "jobs.job.attempt";
}
