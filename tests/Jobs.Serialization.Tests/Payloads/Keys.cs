using System.Collections.Immutable;

namespace Jobs.Serialization.Tests.Payloads;

public sealed record IntegerKeys(
    Dictionary<int, string> A,
    Dictionary<long, int> B,
    Dictionary<byte, Point>? C,
    Dictionary<sbyte, int> D,
    Dictionary<short, int> E,
    Dictionary<ushort, int> F,
    Dictionary<uint, int> G,
    Dictionary<ulong, int> H);

public sealed record GuidKeys(Dictionary<Guid, int> A, ImmutableDictionary<Guid, Point?> B);

public sealed record EnumKeys(Dictionary<DayOfWeek, int> A, IReadOnlyDictionary<Days, string> B, Dictionary<Small, int> C);

public sealed record KeyInterfaces(IDictionary<int, Node> A, IReadOnlyDictionary<Guid, int> B, ImmutableDictionary<DayOfWeek, decimal?> C);

[Flags]
public enum Days
{
    None = 0,
    Monday = 1,
    Tuesday = 2,
    Wednesday = 4,
}
