using Jobs.Definitions;

namespace Jobs.Running;

/// <summary>Holds a result until the store has it.</summary>
internal sealed class ResultBuffer : IJobResultSink
{
    public ReadOnlyMemory<byte> Json { get; private set; }

    public void SetResult(ReadOnlySpan<byte> json) => Json = json.ToArray();
}
