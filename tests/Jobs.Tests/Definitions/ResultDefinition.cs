using System.Text.Json;
using Jobs.Definitions;

namespace Jobs.Tests.Definitions;

public sealed class ResultDefinition : JobDefinition<ResultArgs, string>
{
    private static readonly NumberDefinition Args = new();

    public ResultDefinition(string name = "test.result")
        : base(name)
    {
        Location = "Jobs.Tests.ResultJobs.Run";
        HasImmutableArgs = true;
    }

    public override void Write(Utf8JsonWriter writer, in ResultArgs args) => Args.Write(writer, new NumberArgs(args.Value));

    public override ResultArgs Read(ref Utf8JsonReader reader) => new(Args.Read(ref reader).Value);

    public override void WriteResult(Utf8JsonWriter writer, string result) => writer.WriteStringValue(result);

    public override string ReadResult(ref Utf8JsonReader reader) => reader.GetString() ?? throw new JobPayloadException("null is not allowed.", Name);
}
