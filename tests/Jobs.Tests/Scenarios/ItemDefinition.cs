using System.Text.Json;
using Jobs.Definitions;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

public sealed class ItemDefinition : JobDefinition<ItemArgs>
{
    public const string JobName = "test.item";

    private static readonly NumberDefinition Args = new("test.item-args");

    public ItemDefinition()
        : base(JobName)
    {
        Location = "Jobs.Tests.ItemJobs.Run";
        HasImmutableArgs = true;
        Batch = new BatchPolicy(100, TimeSpan.FromSeconds(5));
    }

    public override void Write(Utf8JsonWriter writer, in ItemArgs args) => Args.Write(writer, new NumberArgs(args.Value));

    public override ItemArgs Read(ref Utf8JsonReader reader) => new(Args.Read(ref reader).Value);
}
