using System.Globalization;
using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>What the rules of <c>Jobs.Shipped.txt</c> say and where; which changes they forbid is tested with what workers make of them.</summary>
public sealed class ShippedJobsTests
{
    private const string Send = "[Job(\"mail.send\")] public static void Send(Guid userId, string? note = null) { }";
    private const string Shipped = """
        # Written by hand, and right.

        mail.send v1
          required Guid userId
          optional string? note
        """;

    [Fact]
    public async Task A_project_without_the_file_is_left_alone() => Assert.Empty(await AnalyzerRunner.RunShippedAsync(Source(Send), null));

    [Fact]
    public async Task What_is_recorded_as_it_is_needs_no_word() => Assert.Empty(await AnalyzerRunner.RunShippedAsync(Source(Send), Shipped));

    [Fact]
    public async Task A_contract_is_recorded_where_it_is_declared()
    {
        const string Contract = "[JobContract] public interface IMailJobs { [Job(\"mail.send\")] Task Send(Guid userId, string? note = null); }";
        Assert.Empty(await AnalyzerRunner.RunShippedAsync(Contract, Shipped));

        var contracts = GeneratorRunner.Run(Contract, "Contracts").ToReference();
        Assert.Empty(await AnalyzerRunner.RunShippedAsync("[JobHandler] public sealed class MailJobs : IMailJobs { public Task Send(Guid userId, string? note) => Task.CompletedTask; }", "", contracts));
    }

    [Theory]
    [InlineData("", "JOBS025 line 3")]
    [InlineData("[Job] public static void Send(Guid userId, string? note = null) { }", "JOBS025 line 3", "JOBS028 Send")]
    [InlineData("[Job(\"mail.send\")] public static void Send(string? note = null) { }", "JOBS026 Send")]
    [InlineData("[Job(\"mail.send\")] public static void Send(int userId, string note, int more) { }", "JOBS026 Send", "JOBS026 Send", "JOBS026 Send")]
    [InlineData("[Job(\"mail.send\", Version = 2)] public static void Send(Guid userId) { }", "JOBS027 Send")]
    [InlineData("[Job(\"mail.send\", Version = 2)] public static void Send(Guid userId) { } public sealed record V1(int UserId); [JobUpcast(nameof(Send), 1)] public static ShopJobsClient.SendArgs From(V1 old) => default;", "JOBS026 From")]
    [InlineData("[Job(\"mail.send\", Version = 2)] public static void Send(Guid userId) { } public sealed record V1(Guid UserId); [JobUpcast(nameof(Send), 1)] public static ShopJobsClient.SendArgs From(V1 old) => new(old.UserId);", "JOBS028 Send")]
    [InlineData("[Job(\"mail.send\")] public static void Send(Guid userId, string? note = null, int more = 1) { }", "JOBS028 Send")]
    [InlineData("[Job(\"mail.send\")] public static void Send(Guid userId = default, string? note = null) { }", "JOBS028 Send")]
    [InlineData("[Job(\"mail.post\", Aliases = [\"mail.send\"])] public static void Send(Guid userId, string? note = null) { }", "JOBS028 Send")]
    [InlineData(Send + "[Job] public static void Other() { }", "JOBS028 Other")]
    public async Task It_fires(string members, params string[] expected) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await AnalyzerRunner.RunShippedAsync(Source(members), Shipped)).Select(AnalyzerRunner.Describe).Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_job_that_has_an_error_is_not_gone_as_well() =>
        Assert.Equal(["JOBS005"], (await AnalyzerRunner.RunShippedAsync(Source("[Job(\"mail.send\")] public static void Send(object any) { }"), Shipped)).Select(static d => d.Id));

    [Theory]
    [InlineData("[Job(\"mail.send\")] public static void Send(int userId, string? note = null) { }", "'userId' is int, which was Guid", "raise Version and add a [JobUpcast]")]
    [InlineData("[Job(\"mail.send\")] public static void Send(Guid userId) { }", "Version 1 of job 'mail.send' has shipped, and 'note' is gone")]
    [InlineData("[Job(\"mail.send\", Version = 2)] public static void Send(Guid userId) { }", "add [JobUpcast(nameof(Send), 1)]")]
    public async Task The_message_says_the_cure(string members, params string[] parts)
    {
        var diagnostic = Assert.Single(await AnalyzerRunner.RunShippedAsync(Source(members), Shipped));
        Assert.All(parts, part => Assert.Contains(part, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Assert.Equal(2, Assert.Single(diagnostic.AdditionalLocations).GetLineSpan().StartLinePosition.Line);
    }

    [Theory]
    [InlineData("[Job(\"mail.count\")] public static int Count() => 1;", "'mail.count' has shipped, and the result is int, which was object: undo that, or raise Version")]
    [InlineData("[Job(\"mail.count\")] public static void Count() { }", "and the result is gone")]
    [InlineData("[Job(\"mail.count\")] public static Total Count() => new(1); public sealed record Total(int Sum);", "and 'lines' of the result is gone")]
    [InlineData("[Job(\"mail.count\")] public static Total Count() => new(1, [], 1); public sealed record Total(int Sum, List<Line> Lines, int More); public sealed record Line(int Id);", "and 'more' of the result is new and required")]
    [InlineData("[Job(\"mail.count\", Version = 2)] public static int Count() => 1; public sealed record V1; [JobUpcast(nameof(Count), 1)] public static ShopJobsClient.CountArgs From(V1 old) => default;", "or remove its 'returns' lines once nobody waits for a result of it")]
    public async Task A_result_is_held_to_what_shipped(string members, string part)
    {
        const string Count = "mail.count v1\n  returns object\n  returns required int sum\n  returns required object[] lines\n  returns required int lines[].id";
        var diagnostic = Assert.Single(await AnalyzerRunner.RunShippedAsync(Source(members), Count));
        Assert.Equal("JOBS026 Count", AnalyzerRunner.Describe(diagnostic));
        Assert.Contains(part, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_nobody_waits_for_any_more_may_be_taken_from_an_older_version() =>
        Assert.Equal(["JOBS028"], (await AnalyzerRunner.RunShippedAsync(
            Source("[Job(\"mail.count\", Version = 2)] public static int Count() => 1; public sealed record V1; [JobUpcast(nameof(Count), 1)] public static ShopJobsClient.CountArgs From(V1 old) => default;"),
            "mail.count v1")).Select(static d => d.Id));

    [Theory]
    [InlineData("  required int a", "JOBS029 line 1")]
    [InlineData("mail.send", "JOBS029 line 1")]
    [InlineData("mail.send 1\n  required int a", "JOBS029 line 1")]
    [InlineData("mail.send v0", "JOBS029 line 1")]
    [InlineData("mail send v1", "JOBS029 line 1")]
    [InlineData(Shipped + "\n<<<<<<< HEAD", "JOBS029 line 6")]
    [InlineData(Shipped + "\n  int more", "JOBS029 line 6")]
    [InlineData(Shipped + "\n  returns", "JOBS029 line 6")]
    [InlineData(Shipped + "\n  returns optional int", "JOBS029 line 6")]
    [InlineData(Shipped + "\n  required string note", "JOBS029 line 6")]
    [InlineData(Shipped + "\nmail.send v1\n  required Guid userId", "JOBS029 line 6")]
    public async Task A_line_that_is_not_understood_is_an_error(string shipped, string expected) =>
        Assert.Equal([expected], (await AnalyzerRunner.RunShippedAsync(Source(Send), shipped)).Select(AnalyzerRunner.Describe).Where(static d => !d.StartsWith("JOBS028", StringComparison.Ordinal)));

    [Fact]
    public async Task Every_kind_of_member_has_a_type_of_its_own()
    {
        var found = await AnalyzerRunner.RunShippedAsync(
            """
            public sealed record Line(decimal Price, [property: System.Text.Json.Serialization.JsonPropertyName("the tax")] float Tax = 0) { public decimal Sum => Price; }
            public sealed record Node(Node? Next, IReadOnlyList<Line> Lines);
            public static class ShopJobs
            {
                [Job("run")]
                public static List<Line>? Run(
                    bool a, sbyte b, byte c, short d, ushort e, uint f, ulong g, double h, char i, DateTimeOffset j, DateOnly k, TimeOnly l, TimeSpan m, Uri n, Version o,
                    byte[] p, ReadOnlyMemory<byte> q, System.Text.Json.JsonElement r, DayOfWeek? s, int?[] t, HashSet<string> u, Dictionary<Guid, long?> v, Node w) => null;
            }
            """,
            "");
        Assert.Equal(
            """
            run v1
              required bool a
              required sbyte b
              required byte c
              required short d
              required ushort e
              required uint f
              required ulong g
              required double h
              required char i
              required DateTimeOffset j
              required DateOnly k
              required TimeOnly l
              required TimeSpan m
              required Uri n
              required Version o
              required base64 p
              required base64 q
              required json r
              required int? s
              required int?[] t
              required set<string> u
              required map<Guid,long?> v
              required object w
              required recursive? w.next
              required object[] w.lines
              required decimal w.lines[].price
              optional float w.lines[].the tax
              returns object[]?
              returns required decimal [].price
              returns optional float [].the tax
            """,
            Assert.Single(found).Properties["Text"]);
    }

    private static string Source(string members) => $"public static class ShopJobs {{ {members} }}";
}
