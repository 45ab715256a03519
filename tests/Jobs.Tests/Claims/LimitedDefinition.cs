using System.Text.Json;
using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Claims;

public sealed class LimitedDefinition : JobDefinition<LimitedArgs>
{
    public const string JobName = "test.limited";

    private static readonly NumberDefinition Args = new("test.limited-args");

    public LimitedDefinition()
        : base(JobName)
    {
        Location = "Jobs.Tests.LimitedJobs.Run";
        HasImmutableArgs = true;
        Policy = new JobPolicy { ConcurrencyLimit = 2 };
    }

    public override void Write(Utf8JsonWriter writer, in LimitedArgs args) => Args.Write(writer, new NumberArgs(args.Value));

    public override LimitedArgs Read(ref Utf8JsonReader reader) => new(Args.Read(ref reader).Value);
}
