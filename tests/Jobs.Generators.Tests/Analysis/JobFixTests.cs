using Jobs.Generators.CodeFixes;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>The fixes of what is wrong with a job's declaration.</summary>
public sealed class JobFixTests
{
    [Theory]
    [InlineData("[Job] public static async void Run() => await Task.Yield();", "[Job] public static async Task Run() => await Task.Yield();")]
    [InlineData("[Job] public static async /* a */ void /* b */ Run() => await Task.Yield();", "[Job] public static async /* a */ Task /* b */ Run() => await Task.Yield();")]
    public async Task An_async_void_job_returns_a_task(string before, string after)
    {
        var changed = await CodeFixRunner.FixAsync(new ReturnTaskFix(), "JOBS004", InClass(before));
        Assert.Equal(InClass(after), changed);
        Assert.Empty(await AnalyzerRunner.RunAsync(changed!));
    }

    [Fact]
    public async Task A_job_by_reference_is_not_made_a_task() =>
        Assert.Null(await CodeFixRunner.FixAsync(new ReturnTaskFix(), "JOBS004", InClass("static int _x; [Job] public static ref int Run() => ref _x;")));

    [Theory]
    [InlineData("()", "(CancellationToken cancellationToken = default)")]
    [InlineData("(int id, string name = \"\")", "(int id, string name = \"\", CancellationToken cancellationToken = default)")]
    public async Task A_job_with_a_timeout_takes_a_token(string before, string after)
    {
        static string Job(string parameters) => InClass($"[Job(Timeout = \"00:00:30\")] public static void Run{parameters} {{ }}");

        var changed = await CodeFixRunner.FixAsync(new TakeTokenFix(), "JOBS032", Job(before));
        Assert.Equal(Job(after), changed);
        Assert.Empty(await AnalyzerRunner.RunAsync(changed!));
    }

    [Theory]
    [InlineData("[JobContract] public interface IInner { [Job(Timeout = \"00:00:30\")] void Run(); }")]
    [InlineData("public interface IInner { void Run(); } public class Inner : IInner { [Job(Timeout = \"00:00:30\")] public void Run() { } }")]
    [InlineData("public class Inner { [Job(Timeout = \"00:00:30\")] public virtual void Run() { } }")]
    [InlineData("[Job(Timeout = \"00:00:30\")] public static void Run(params int[] ids) { }")]
    [InlineData("[Job(Timeout = \"00:00:30\")] public static void Run(int cancellationToken) { }")]
    public async Task No_token_is_added_where_other_code_would_break(string members) =>
        Assert.Null(await CodeFixRunner.FixAsync(new TakeTokenFix(), "JOBS032", InClass(members)));

    [Theory]
    [InlineData("public int Id;", "public int Id { get; set; }")]
    [InlineData("public readonly int Id = 3; // the id", "public int Id { get; init; } = 3; // the id")]
    [InlineData("[Obsolete] public required string Id;", "[Obsolete] public required string Id { get; set; }")]
    public async Task A_field_becomes_a_property(string before, string after)
    {
        static string Job(string member) => InClass($"[Job] public static void Run(Visit visit) {{ }} }}\npublic sealed class Visit\n{{\n    {member}\n");

        var changed = await CodeFixRunner.FixAsync(new MakePropertyFix(), "JOBS034", Job(before));
        Assert.Equal(Job(after), changed);
        Assert.Empty(await AnalyzerRunner.RunAsync(changed!));
    }

    [Fact]
    public async Task Fields_of_one_declaration_are_left_alone() =>
        Assert.Null(await CodeFixRunner.FixAsync(new MakePropertyFix(), "JOBS034", InClass("public sealed class Visit { public int A, B; } [Job] public static void Run(Visit visit) { }")));

    [Theory]
    [InlineData("[Job] public static void Run(DateTime at) { }", "[Job] public static void Run(DateTimeOffset at) { }")]
    [InlineData("[Job] public static void Run(int id, List<System.DateTime?> times) { }", "[Job] public static void Run(int id, List<DateTimeOffset?> times) { }")]
    [InlineData("[Job] public static DateTime Run() => default;", "[Job] public static DateTimeOffset Run() => default;")]
    [InlineData("[Job] public static void Run(Visit visit) { } public sealed record Visit(DateTime /* when */ At);", "[Job] public static void Run(Visit visit) { } public sealed record Visit(DateTimeOffset /* when */ At);")]
    [InlineData("[Job] public static Visit Run() => new(); public sealed class Visit { public DateTime[] At { get; set; } = []; }", "[Job] public static Visit Run() => new(); public sealed class Visit { public DateTimeOffset[] At { get; set; } = []; }")]
    public async Task A_date_and_time_that_travels_takes_its_offset_along(string before, string after)
    {
        var changed = await CodeFixRunner.FixAsync(new UseOffsetFix(), "JOBS033", InClass(before));
        Assert.Equal(InClass(after), changed);
        Assert.Empty(await AnalyzerRunner.RunAsync(changed!));
    }

    private static string InClass(string members) => $"using System;\nusing System.Collections.Generic;\nusing System.Threading;\nusing System.Threading.Tasks;\nusing Jobs;\npublic static class TestJobs {{ {members} }}";
}
