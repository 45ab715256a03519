using System.Collections.Immutable;
using System.Text.Json;
using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Serialization.Tests;

/// <summary>A job for every shape that a payload may have. Never run: only their definitions are used.</summary>
internal static class OracleJobs
{
    [Job("oracle.nothing")] public static void Nothing() { }
    [Job("oracle.booleans")] public static void Booleans(bool a, bool? b) { }
    [Job("oracle.integers")] public static void Integers(Integers value) { }
    [Job("oracle.integer-parameters")] public static void IntegerParameters(sbyte a, byte b, short c, ushort d, int e, uint f, long g, ulong h) { }
    [Job("oracle.optional-integers")] public static void OptionalIntegers(OptionalIntegers value) { }
    [Job("oracle.floats")] public static void Floats(Floats value) { }
    [Job("oracle.texts")] public static void Texts(Texts value, string text, string? optional) { }
    [Job("oracle.dates")] public static void Dates(Dates value, DateTime date, DateTimeOffset offset, DateOnly only) { }
    [Job("oracle.times")] public static void Times(Times value, TimeSpan span, TimeOnly time) { }
    [Job("oracle.others")] public static void Others(Others value, Guid id, Uri uri, Version version) { }
    [Job("oracle.binaries")] public static void Binaries(Binaries value, byte[] bytes, ReadOnlyMemory<byte> memory) { }
    [Job("oracle.enums")] public static void Enums(Enums value, Plain plain, DayOfWeek? day) { }
    [Job("oracle.arrays")] public static void Arrays(Arrays value, int[] numbers) { }
    [Job("oracle.lists")] public static void Lists(Lists value, List<string>? texts) { }
    [Job("oracle.list-interfaces")] public static void ListInterfaces(ListInterfaces value, IReadOnlyList<Point> points) { }
    [Job("oracle.enumerables")] public static void Enumerables(Enumerables value, IEnumerable<string> texts) { }
    [Job("oracle.sets")] public static void Sets(Sets value) { }
    [Job("oracle.immutable-lists")] public static void ImmutableLists(ImmutableLists value) { }
    [Job("oracle.dictionaries")] public static void Dictionaries(Dictionaries value, Dictionary<string, string> texts) { }
    [Job("oracle.dictionary-interfaces")] public static void DictionaryInterfaces(DictionaryInterfaces value) { }
    [Job("oracle.integer-keys")] public static void IntegerKeys(IntegerKeys value) { }
    [Job("oracle.guid-keys")] public static void GuidKeys(GuidKeys value) { }
    [Job("oracle.enum-keys")] public static void EnumKeys(EnumKeys value) { }
    [Job("oracle.nested-keys")] public static void NestedKeys(Dictionary<int, Dictionary<Guid, List<DayOfWeek>>> value) { }
    [Job("oracle.key-interfaces")] public static void KeyInterfaces(KeyInterfaces value) { }
    [Job("oracle.polymorphic")] public static void Polymorphic([Payload] IShape shape, Drawing drawing) { }
    [Job("oracle.polymorphic-classes")] public static void PolymorphicClasses([Payload] Payment payment, [Payload] Payment? other = null) { }
    [Job("oracle.polymorphic-collections")] public static void PolymorphicCollections(List<IShape> shapes, IReadOnlyDictionary<string, Payment?> payments) { }
    [Job("oracle.converted")] public static void Converted(Cents cents, Cents? optional, Till till) { }
    [Job("oracle.framework")] public static void Framework(Int128 large, Int128? optional, List<Int128> more) { }
    [Job("oracle.mixed-leaves")] public static void MixedLeaves(Mixed value, Page<Drawing> page) { }
    [Job("oracle.optional-collections")] public static void OptionalCollections(int[]? a = null, List<Guid>? b = null, IReadOnlyDictionary<int, string>? c = null, ImmutableList<decimal>? d = null) { }
    [Job("oracle.nested")] public static void Nested(Nested value) { }
    [Job("oracle.structs")] public static void Structs(Structs value, Point point, Money? money) { }
    [Job("oracle.recursive")] public static void Recursive(Node value, Node? other) { }
    [Job("oracle.mutual")] public static void Mutual(Even value) { }
    [Job("oracle.settable")] public static void Settable(Settable value) { }
    [Job("oracle.init-only")] public static void InitOnly(InitOnly value, List<InitOnly> more) { }
    [Job("oracle.init-only-struct")] public static void InitOnlyStruct(InitOnlyStruct value) { }
    [Job("oracle.inherited")] public static void Inherited(Derived value, Middle middle, Base root) { }
    [Job("oracle.inherited-records")] public static void InheritedRecords(DerivedRecord value, BaseRecord root) { }
    [Job("oracle.chosen-constructor")] public static void ChosenConstructor(Chosen value) { }
    [Job("oracle.only-constructor")] public static void OnlyConstructor(Only value) { }
    [Job("oracle.defaults")] public static void Defaults(Defaults value) { }
    [Job("oracle.required")] public static void Required(Required value) { }
    [Job("oracle.sets-required")] public static void SetsRequired(SetsRequired value) { }
    [Job("oracle.renamed")] public static void Renamed(Renamed value) { }
    [Job("oracle.ignored")] public static void Ignored(Ignored value, IgnoredParameter parameter) { }
    [Job("oracle.elements")] public static void Elements(Elements value, JsonElement element) { }
    [Job("oracle.generics")] public static void Generics(Generics value, Page<Page<Guid>> pages) { }
    [Job("oracle.not-null-generics")] public static void NotNullGenerics(NotNullBox<string> value) { }
    [Job("oracle.computed")] public static void Computed(Computed value) { }
    [Job("oracle.names")] public static void NamesOfMembers(Names value, int @class, int URLValue, int iPhone, int _underscore) { }
    [Job("oracle.annotated")] public static void Annotated(Annotated value) { }
    [Job("oracle.empty")] public static void Empties(Empty value, List<Empty> more) { }
    [Job("oracle.deep")] public static void Deep(Deep value) { }
    [Job("oracle.internal")] public static void Internal(Internal value) { }
    [Job("oracle.oblivious")] public static void Oblivious(Oblivious value) { }
    [Job("oracle.large")] public static void Large(Large value) { }
    [Job("oracle.order")] public static void Order(Guid id, string customer, IReadOnlyList<Money> lines, DateTimeOffset at, Dictionary<string, string> tags, bool express = false, string? note = null, CancellationToken ct = default) { }
}
