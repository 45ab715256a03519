using System.Runtime.CompilerServices;
using Jobs.Messages;

namespace Jobs.Memory;

/// <summary>Messages on the stack, from inside a lock to outside.</summary>
[InlineArray(Length)]
internal struct MessageChunk
{
    public const int Length = 32;

    private JobMessage? _first;
}
