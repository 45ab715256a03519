using System.Text;
using Jobs.Definitions;

namespace Jobs.Generators.Tests.Harness;

/// <summary>A checkpoint that is kept as text.</summary>
internal sealed class CheckpointText(string? saved = null) : IJobCheckpointSlot
{
    public string? Text { get; private set; } = saved;

    public string? Dropped { get; private set; }

    public ReadOnlyMemory<byte>? Saved => Text is null ? null : Encoding.UTF8.GetBytes(Text);

    public ValueTask SaveAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        Text = Encoding.UTF8.GetString(json.Span);
        return default;
    }

    public void Drop(JobPayloadException error) => (Text, Dropped) = (null, error.Message);
}
