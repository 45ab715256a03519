using System.Text.Json;
using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Claims;

public sealed class OnceDefinition : JobDefinition<OnceArgs, string>
{
    public const string JobName = "test.once";

    private static readonly NumberDefinition Args = new("test.once-args");

    public OnceDefinition()
        : base(JobName)
    {
        Location = "Jobs.Tests.OnceJobs.Run";
        HasImmutableArgs = true;
        IdempotencyTemplate = "order:{value}";
        Policy = new JobPolicy { IdempotencyRetention = TimeSpan.FromHours(24) };
    }

    public override string? IdempotencyKeyOf(in OnceArgs args) => $"order:{args.Value}";

    public override void Write(Utf8JsonWriter writer, in OnceArgs args) => Args.Write(writer, new NumberArgs(args.Value));

    public override OnceArgs Read(ref Utf8JsonReader reader) => new(Args.Read(ref reader).Value);

    public override void WriteResult(Utf8JsonWriter writer, string result) => writer.WriteStringValue(result);

    public override string ReadResult(ref Utf8JsonReader reader) => reader.GetString() ?? throw new JobPayloadException("null is not allowed.", Name);
}
