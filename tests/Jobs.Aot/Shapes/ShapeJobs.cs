using System.Text.Json;
using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Aot.Shapes;

/// <summary>A job for every shape that a payload may have. Each writes down the args that reached it.</summary>
internal static class ShapeJobs
{
    [Job("shape.nothing")] public static void Nothing(ILedger ledger) => ledger.Note(new ShapeJobsClient.NothingArgs());
    [Job("shape.booleans")] public static void Booleans(bool a, bool? b, ILedger ledger) => ledger.Note(new ShapeJobsClient.BooleansArgs(a, b));
    [Job("shape.integers")] public static void Integers(Integers value, ILedger ledger) => ledger.Note(new ShapeJobsClient.IntegersArgs(value));
    [Job("shape.integer-parameters")] public static void IntegerParameters(sbyte a, byte b, short c, ushort d, int e, uint f, long g, ulong h, ILedger ledger) =>
        ledger.Note(new ShapeJobsClient.IntegerParametersArgs(a, b, c, d, e, f, g, h));
    [Job("shape.optional-integers")] public static void OptionalIntegers(OptionalIntegers value, ILedger ledger) => ledger.Note(new ShapeJobsClient.OptionalIntegersArgs(value));
    [Job("shape.floats")] public static void Floats(Floats value, ILedger ledger) => ledger.Note(new ShapeJobsClient.FloatsArgs(value));
    [Job("shape.texts")] public static void Texts(Texts value, string text, string? optional, ILedger ledger) => ledger.Note(new ShapeJobsClient.TextsArgs(value, text, optional));
    [Job("shape.dates")] public static void Dates(Dates value, DateTime date, DateTimeOffset offset, DateOnly only, ILedger ledger) =>
        ledger.Note(new ShapeJobsClient.DatesArgs(value, date, offset, only));
    [Job("shape.times")] public static void Times(Times value, TimeSpan span, TimeOnly time, ILedger ledger) => ledger.Note(new ShapeJobsClient.TimesArgs(value, span, time));
    [Job("shape.others")] public static void Others(Others value, Guid id, Uri uri, Version version, ILedger ledger) => ledger.Note(new ShapeJobsClient.OthersArgs(value, id, uri, version));
    [Job("shape.binaries")] public static void Binaries(Binaries value, byte[] bytes, ReadOnlyMemory<byte> memory, ILedger ledger) =>
        ledger.Note(new ShapeJobsClient.BinariesArgs(value, bytes, memory));
    [Job("shape.enums")] public static void Enums(Enums value, Plain plain, DayOfWeek? day, ILedger ledger) => ledger.Note(new ShapeJobsClient.EnumsArgs(value, plain, day));
    [Job("shape.arrays")] public static void Arrays(Arrays value, int[] numbers, ILedger ledger) => ledger.Note(new ShapeJobsClient.ArraysArgs(value, numbers));
    [Job("shape.lists")] public static void Lists(Lists value, List<string>? texts, ILedger ledger) => ledger.Note(new ShapeJobsClient.ListsArgs(value, texts));
    [Job("shape.list-interfaces")] public static void ListInterfaces(ListInterfaces value, IReadOnlyList<Point> points, ILedger ledger) =>
        ledger.Note(new ShapeJobsClient.ListInterfacesArgs(value, points));
    [Job("shape.enumerables")] public static void Enumerables(Enumerables value, IEnumerable<string> texts, ILedger ledger) => ledger.Note(new ShapeJobsClient.EnumerablesArgs(value, texts));
    [Job("shape.sets")] public static void Sets(Sets value, ILedger ledger) => ledger.Note(new ShapeJobsClient.SetsArgs(value));
    [Job("shape.immutable-lists")] public static void ImmutableLists(ImmutableLists value, ILedger ledger) => ledger.Note(new ShapeJobsClient.ImmutableListsArgs(value));
    [Job("shape.dictionaries")] public static void Dictionaries(Dictionaries value, Dictionary<string, string> texts, ILedger ledger) =>
        ledger.Note(new ShapeJobsClient.DictionariesArgs(value, texts));
    [Job("shape.dictionary-interfaces")] public static void DictionaryInterfaces(DictionaryInterfaces value, ILedger ledger) => ledger.Note(new ShapeJobsClient.DictionaryInterfacesArgs(value));
    [Job("shape.guid-keys")] public static void GuidKeys(GuidKeys value, ILedger ledger) => ledger.Note(new ShapeJobsClient.GuidKeysArgs(value));
    [Job("shape.enum-keys")] public static void EnumKeys(EnumKeys value, ILedger ledger) => ledger.Note(new ShapeJobsClient.EnumKeysArgs(value));
    [Job("shape.key-interfaces")] public static void KeyInterfaces(KeyInterfaces value, ILedger ledger) => ledger.Note(new ShapeJobsClient.KeyInterfacesArgs(value));
    [Job("shape.leaves")] public static void Leaves(Drawing drawing, [Payload] Payment payment, Till till, Int128 large, ILedger ledger) =>
        ledger.Note(new ShapeJobsClient.LeavesArgs(drawing, payment, till, large));
    [Job("shape.nested")] public static void Nested(Nested value, ILedger ledger) => ledger.Note(new ShapeJobsClient.NestedArgs(value));
    [Job("shape.structs")] public static void Structs(Structs value, Point point, Money? money, ILedger ledger) => ledger.Note(new ShapeJobsClient.StructsArgs(value, point, money));
    [Job("shape.recursive")] public static void Recursive(Node value, Node? other, ILedger ledger) => ledger.Note(new ShapeJobsClient.RecursiveArgs(value, other));
    [Job("shape.mutual")] public static void Mutual(Even value, ILedger ledger) => ledger.Note(new ShapeJobsClient.MutualArgs(value));
    [Job("shape.settable")] public static void Settable(Settable value, ILedger ledger) => ledger.Note(new ShapeJobsClient.SettableArgs(value));
    [Job("shape.init-only")] public static void InitOnly(InitOnly value, List<InitOnly> more, ILedger ledger) => ledger.Note(new ShapeJobsClient.InitOnlyArgs(value, more));
    [Job("shape.init-only-struct")] public static void InitOnlyStruct(InitOnlyStruct value, ILedger ledger) => ledger.Note(new ShapeJobsClient.InitOnlyStructArgs(value));
    [Job("shape.inherited")] public static void Inherited(Derived value, Middle middle, Base root, ILedger ledger) => ledger.Note(new ShapeJobsClient.InheritedArgs(value, middle, root));
    [Job("shape.inherited-records")] public static void InheritedRecords(DerivedRecord value, BaseRecord root, ILedger ledger) => ledger.Note(new ShapeJobsClient.InheritedRecordsArgs(value, root));
    [Job("shape.chosen-constructor")] public static void ChosenConstructor(Chosen value, ILedger ledger) => ledger.Note(new ShapeJobsClient.ChosenConstructorArgs(value));
    [Job("shape.only-constructor")] public static void OnlyConstructor(Only value, ILedger ledger) => ledger.Note(new ShapeJobsClient.OnlyConstructorArgs(value));
    [Job("shape.defaults")] public static void Defaults(Defaults value, ILedger ledger) => ledger.Note(new ShapeJobsClient.DefaultsArgs(value));
    [Job("shape.required")] public static void Required(Required value, ILedger ledger) => ledger.Note(new ShapeJobsClient.RequiredArgs(value));
    [Job("shape.sets-required")] public static void SetsRequired(SetsRequired value, ILedger ledger) => ledger.Note(new ShapeJobsClient.SetsRequiredArgs(value));
    [Job("shape.renamed")] public static void Renamed(Renamed value, ILedger ledger) => ledger.Note(new ShapeJobsClient.RenamedArgs(value));
    [Job("shape.ignored")] public static void Ignored(Ignored value, IgnoredParameter parameter, ILedger ledger) => ledger.Note(new ShapeJobsClient.IgnoredArgs(value, parameter));
    [Job("shape.elements")] public static void Elements(Elements value, JsonElement element, ILedger ledger) => ledger.Note(new ShapeJobsClient.ElementsArgs(value, element));
    [Job("shape.generics")] public static void Generics(Generics value, Page<Page<Guid>> pages, ILedger ledger) => ledger.Note(new ShapeJobsClient.GenericsArgs(value, pages));
    [Job("shape.not-null-generics")] public static void NotNullGenerics(NotNullBox<string> value, ILedger ledger) => ledger.Note(new ShapeJobsClient.NotNullGenericsArgs(value));
    [Job("shape.computed")] public static void Computed(Computed value, ILedger ledger) => ledger.Note(new ShapeJobsClient.ComputedArgs(value));
    [Job("shape.names")] public static void NamesOfMembers(Names value, int @class, int URLValue, int iPhone, int _underscore, ILedger ledger) =>
        ledger.Note(new ShapeJobsClient.NamesOfMembersArgs(value, @class, URLValue, iPhone, _underscore));
    [Job("shape.annotated")] public static void Annotated(Annotated value, ILedger ledger) => ledger.Note(new ShapeJobsClient.AnnotatedArgs(value));
    [Job("shape.empty")] public static void Empties(Empty value, List<Empty> more, ILedger ledger) => ledger.Note(new ShapeJobsClient.EmptiesArgs(value, more));
    [Job("shape.deep")] public static void Deep(Deep value, ILedger ledger) => ledger.Note(new ShapeJobsClient.DeepArgs(value));
    [Job("shape.internal")] public static void Internal(Internal value, ILedger ledger) => ledger.Note(new ShapeJobsClient.InternalArgs(value));
    [Job("shape.oblivious")] public static void Oblivious(Oblivious value, ILedger ledger) => ledger.Note(new ShapeJobsClient.ObliviousArgs(value));
    [Job("shape.large")] public static void Large(Large value, ILedger ledger) => ledger.Note(new ShapeJobsClient.LargeArgs(value));
    [Job("shape.order")] public static void Order(Guid id, string customer, IReadOnlyList<Money> lines, DateTimeOffset at, Dictionary<string, string> tags, ILedger ledger, bool express = false, string? note = null) =>
        ledger.Note(new ShapeJobsClient.OrderArgs(id, customer, lines, at, tags, express, note));

    private static void Note<TArgs>(this ILedger ledger, TArgs args)
        where TArgs : Definitions.IJobArgs<TArgs> => ledger.Note(TArgs.Definition.Name, PayloadText.Of(args));
}
