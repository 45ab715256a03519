namespace Jobs.Generators.Tests.Versioning;

/// <summary>A change of a job between two releases, one message of each, and what the compiler says of it.</summary>
/// <param name="Name">What changes.</param>
/// <param name="Old">The members of the declaring class before.</param>
/// <param name="OldData">A payload that the old release writes or takes.</param>
/// <param name="New">The members after.</param>
/// <param name="NewData">A payload of the new release.</param>
/// <param name="Rule">The rule that forbids the change; null if it is safe.</param>
public sealed record VersionCase(string Name, string Old, string OldData, string New, string NewData, string? Rule)
{
    private const string One = """{"a":1}""";

    /// <summary>All cases: one table for what the compiler says and for what workers do.</summary>
    public static IReadOnlyList<VersionCase> All { get; } =
    [
        new("nothing", Run("int a"), One, Run("int a"), One, null),
        new("the method and the order of parameters", Run("int a, int b"), """{"a":1,"b":2}""", """[Job("run")] public static void Go(int b, CancellationToken token, int a) { }""", """{"b":2,"a":1}""", null),
        new("added optional", Run("int a"), One, Run("int a, string? b = null"), """{"a":1,"b":"x"}""", null),
        new("added optional object with required members", Run("int a"), One, Run("int a, P? p = null", "string X"), """{"a":1,"p":{"x":""}}""", null),
        new("added required", Run("int a"), One, Run("int a, int b"), """{"a":1,"b":2}""", "JOBS026"),
        new("added required that may be null", Run("int a"), One, Run("int a, int? b"), """{"a":1,"b":null}""", "JOBS026"),
        new("removed required", Run("int a, int b"), """{"a":1,"b":2}""", Run("int a"), One, "JOBS026"),
        new("removed optional", Run("int a, int b = 7"), """{"a":1,"b":2}""", Run("int a"), One, "JOBS026"),
        new("renamed", Run("int a"), One, Run("int b"), """{"b":1}""", "JOBS026"),
        new("wider number", Run("int a"), One, Run("long a"), """{"a":3000000000}""", "JOBS026"),
        new("another type", Run("int a"), One, Run("string a"), """{"a":"1"}""", "JOBS026"),
        new("text that is now parsed", Run("string a"), """{"a":"x"}""", Run("Guid a"), """{"a":"019ab5cd-7e00-7a3b-8c4d-5e6f708192a3"}""", "JOBS026"),
        new("may now be null", Run("int a"), One, Run("int? a"), """{"a":null}""", "JOBS026"),
        new("may no longer be null", Run("string? a"), """{"a":null}""", Run("string a"), """{"a":"x"}""", "JOBS026"),
        new("now optional", Run("int a, int b"), """{"a":1,"b":2}""", Run("int a, int b = 5"), """{"a":1,"b":2}""", null),
        new("now required", Run("int a, int b = 5"), One, Run("int a, int b"), """{"a":1,"b":2}""", "JOBS026"),
        new("now left out when null", Run("P p", "string? X"), """{"p":{"x":null}}""", Run("P p", "[property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? X = null"), """{"p":{}}""", "JOBS026"),
        new("a number that is now an enum", Run("int a"), One, Run("DayOfWeek a"), """{"a":6}""", null),
        new("an enum value added", "public enum E { A }" + Run("E a"), """{"a":0}""", "public enum E { A, B }" + Run("E a"), """{"a":1}""", null),
        new("an enum of another number", "public enum E { A }" + Run("E a"), """{"a":0}""", "public enum E : long { A }" + Run("E a"), """{"a":3000000000}""", "JOBS026"),
        new("a list of another kind", Run("int[] a"), """{"a":[1,1]}""", Run("IReadOnlyList<int> a"), """{"a":[2,2]}""", null),
        new("elements of another type", Run("List<int> a"), """{"a":[1]}""", Run("List<string> a"), """{"a":["1"]}""", "JOBS026"),
        new("a list that is now a set", Run("List<int> a"), """{"a":[1,1]}""", Run("HashSet<int> a"), """{"a":[1]}""", "JOBS026"),
        new("a set that is now a list", Run("HashSet<int> a"), """{"a":[1]}""", Run("List<int> a"), """{"a":[1,1]}""", "JOBS026"),
        new("keys of another type", Run("Dictionary<int, int> a"), """{"a":{"1":1}}""", Run("Dictionary<string, int> a"), """{"a":{"x":1}}""", "JOBS026"),
        new("an object that is now a dictionary", Run("P p", "string X"), """{"p":{"x":"1"}}""", Run("Dictionary<string, string> p"), """{"p":{"y":"1"}}""", "JOBS026"),
        new("a record that is now a class", Run("P p", "string X"), """{"p":{"x":"1"}}""", """[Job("run")] public static void Run(Q p) { } public sealed class Q { public required string X { get; set; } }""", """{"p":{"x":"2"}}""", null),
        new("added optional in an object", Run("P p", "int X"), """{"p":{"x":1}}""", Run("P p", "int X, int Y = 3"), """{"p":{"x":1,"y":4}}""", null),
        new("added required in an object", Run("P p", "int X"), """{"p":{"x":1}}""", Run("P p", "int X, int Y"), """{"p":{"x":1,"y":4}}""", "JOBS026"),
        new("removed in the objects of a list", Run("P[] p", "int X, int Y"), """{"p":[{"x":1,"y":2}]}""", Run("P[] p", "int X"), """{"p":[{"x":1}]}""", "JOBS026"),
        new("retyped in the objects of a dictionary", Run("Dictionary<string, P> p", "int X"), """{"p":{"k":{"x":1}}}""", Run("Dictionary<string, P> p", "string X"), """{"p":{"k":{"x":"1"}}}""", "JOBS026"),
        new("nothing in a type that contains itself", Run("P p", "int X, P? More = null"), """{"p":{"x":1,"more":{"x":2}}}""", Run("P p", "int X, P? More = null"), """{"p":{"x":1,"more":null}}""", null),
        new("added required in a type that contains itself", Run("P p", "List<P> More"), """{"p":{"more":[]}}""", Run("P p", "List<P> More, int X"), """{"p":{"more":[],"x":1}}""", "JOBS026"),
        new("added optional in a batch", Batch("int A"), One, Batch("int A, int B = 1"), """{"a":1,"b":2}""", null),
        new("added required in a batch", Batch("int A"), One, Batch("int A, int B"), """{"a":1,"b":2}""", "JOBS026"),
        new("renamed job", Run("int a"), One, """[Job("walk")] public static void Run(int a) { }""", One, "JOBS025"),
        new("renamed job with its alias", Run("int a"), One, """[Job("walk", Aliases = ["run"])] public static void Run(int a) { }""", One, null),
        new("renamed method of a job without a name", "[Job] public static void Run(int a) { }", One, "[Job] public static void Walk(int a) { }", One, "JOBS025"),
        new("removed job", Run("int a"), One, """[Job("other")] public static void Other(int x) { }""", """{"x":1}""", "JOBS025"),
        new("raised version", Run("int a"), One, Raised(2), """{"b":"1"}""", "JOBS027"),
        new("raised version with an upcast", Run("int a"), One, Raised(2) + From(1, "int A", "RunArgs", "(old.A.ToString())"), """{"b":"1"}""", null),
        new("raised twice with a chain", Run("int a"), One, Raised(3) + From(1, "int A", "V2", "(old.A)", "") + From(2, "long A", "RunArgs", "(old.A.ToString())"), """{"b":"1"}""", null),
        new("raised twice with a gap", Run("int a"), One, Raised(3) + From(2, "long A", "RunArgs", "(old.A.ToString())"), """{"b":"1"}""", "JOBS027"),
        new("raised version with an upcast that needs less", Run("int a, int b"), """{"a":1,"b":2}""", Raised(2) + From(1, "int A", "RunArgs", "(old.A.ToString())"), """{"b":"1"}""", null),
        new("raised version with an upcast from something else", Run("int a"), One, Raised(2) + From(1, "string A", "RunArgs", "(old.A)"), """{"b":"1"}""", "JOBS026"),
        new("raised version with an upcast that needs more", Run("int a"), One, Raised(2) + From(1, "int A, int B", "RunArgs", "(\"\")"), """{"b":"1"}""", "JOBS026"),
        new("renamed and raised, with both cures", Run("int a"), One, Raised(2).Replace("\"run\"", "\"walk\", Aliases = [\"run\"]", StringComparison.Ordinal) + From(1, "int A", "RunArgs", "(old.A.ToString())"), """{"b":"1"}""", null),
        new("lowered version", Raised(2), """{"b":"1"}""", Run("int a"), One, "JOBS027"),
        new("a result added in place", Run("int a"), One, Returns("int", "1"), One, "JOBS026"),
        new("a result added with a version", Run("int a"), One, Returns("int", "1", version: 2) + From(1, "int A", "RunArgs", "(old.A)"), One, null),
        new("a result gone", Returns("int", "1"), One, Run("int a"), One, "JOBS026"),
        new("a result of another type", Returns("int", "1"), One, Returns("string", "\"1\""), One, "JOBS026"),
        new("a result of another type in a raised version", Returns("int", "1"), One, Returns("string", "\"1\"", version: 2) + From(1, "int A", "RunArgs", "(old.A)"), One, "JOBS026"),
        new("a result that now comes later", Returns("int", "1"), One, """[Job("run")] public static async Task<int> Run(int a) { await Task.Yield(); return 2; }""", One, null),
        new("a result that may now be null", Returns("int", "1"), One, Returns("int?", "null"), One, "JOBS026"),
        new("added optional in a result", Returns("P", "new(1)", "int X"), One, Returns("P", "new(1, 2)", "int X, int Y = 3"), One, null),
        new("added required in a result", Returns("P", "new(1)", "int X"), One, Returns("P", "new(1, 2)", "int X, int Y"), One, "JOBS026"),
        new("removed in the objects of a resulting list", Returns("List<P>", "[new(1, 2)]", "int X, int Y"), One, Returns("List<P>", "[new(1)]", "int X"), One, "JOBS026"),
        new("a polymorphic case added", Draw("Circle"), Drawn("Circle"), Draw("Circle", "Square"), Drawn("Square"), "JOBS026"),
        new("a polymorphic case removed", Draw("Circle", "Square"), Drawn("Square"), Draw("Circle"), Drawn("Circle"), "JOBS026"),
        new("polymorphic cases in another order", Draw("Circle", "Square"), Drawn("Square"), Draw("Square", "Circle"), Drawn("Circle"), null),
        new("a case of an enum written as text added", Paint("Red"), """{"color":"Red"}""", Paint("Red, Blue"), """{"color":"Blue"}""", "JOBS026"),
    ];

    public override string ToString() => Name;

    private static string Run(string parameters, string members = "int X") =>
        $$"""[Job("run")] public static void Run({{parameters}}) { } public sealed record P({{members}});""";

    private static string Batch(string members) =>
        $$"""[Job("run"), Batch(Window = "00:00:01")] public static void Run(P[] items) { } public sealed record P({{members}});""";

    private static string Returns(string type, string value, string members = "int X", int version = 1) =>
        $$"""[Job("run", Version = {{version}})] public static {{type}} Run(int a) => {{value}}; public sealed record P({{members}});""";

    private static string Draw(params string[] figures) =>
        string.Concat(figures.Select(static f => $"[System.Text.Json.Serialization.JsonDerivedType(typeof({f}), \"{f}\")]"))
        + "public abstract record Figure;"
        + string.Concat(figures.Select(static f => $"public sealed record {f}(int Size) : Figure;"))
        + """[Job("run"), JobJsonContext(typeof(Json))] public static void Run(Figure figure) { }"""
        + Context("Figure");

    private static string Drawn(string figure) => $$$"""{"figure":{"$type":"{{{figure}}}","Size":1}}""";

    private static string Paint(string colors) =>
        $$"""[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<Color>))] public enum Color { {{colors}} } [Job("run"), JobJsonContext(typeof(Json))] public static void Run(Color color) { }"""
        + Context("Color");

    // What the generator of System.Text.Json would make: it does not run here.
    private static string Context(string type) => $$"""
        [System.Text.Json.Serialization.JsonSerializable(typeof({{type}}))]
        public sealed class Json() : System.Text.Json.Serialization.JsonSerializerContext(null)
        {
            private static readonly System.Text.Json.JsonSerializerOptions All = new() { TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver() };
            public static Json Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => All.GetTypeInfo(type);
        }
        """;

    private static string Raised(int version) => $$"""[Job("run", Version = {{version}})] public static void Run(string b) { }""";

    private static string From(int version, string members, string result, string arguments, string client = "ShopJobsClient.") =>
        $$"""public sealed record V{{version}}({{members}}); [JobUpcast(nameof(Run), {{version}})] public static {{client}}{{result}} From{{version}}(V{{version}} old) => new{{arguments}};""";
}
