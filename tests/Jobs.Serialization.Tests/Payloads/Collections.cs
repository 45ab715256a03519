using System.Collections.Immutable;

namespace Jobs.Serialization.Tests.Payloads;

public sealed record Arrays(int[] A, string[] B, int?[] C, string?[]? D, int[][] E, Point[] F, Node?[] G, byte[][] H, DateOnly[] I);

public sealed record Lists(List<int> A, List<string?> B, List<Plain?>? C, List<List<TimeSpan>> D, List<Node> E);

public sealed record ListInterfaces(IList<int> A, IReadOnlyList<string> B, IReadOnlyList<Point>? C, IList<Node?> D);

public sealed record Enumerables(IEnumerable<int> A, ICollection<string> B, IReadOnlyCollection<Point> C, IEnumerable<Node?>? D);

public sealed record Sets(HashSet<int> A, ISet<string> B, HashSet<Guid> C, HashSet<string?>? D);

public sealed record ImmutableLists(ImmutableArray<int> A, ImmutableArray<string?> B, ImmutableList<Point> C, ImmutableHashSet<long> D, ImmutableArray<Node>? E);

public sealed record Dictionaries(Dictionary<string, int> A, Dictionary<string, string?>? B, Dictionary<string, Point> C, Dictionary<string, Node?> D);

public sealed record DictionaryInterfaces(IDictionary<string, int> A, IReadOnlyDictionary<string, Node> B, ImmutableDictionary<string, decimal?> C);

public sealed record Nested(Dictionary<string, List<Dictionary<string, int[]>>> A, List<ImmutableArray<IReadOnlyList<HashSet<string>>>> B);
