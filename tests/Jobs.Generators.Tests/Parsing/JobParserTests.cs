using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests.Parsing;

/// <summary>What the parser refuses, and what it says of it.</summary>
public sealed class JobParserTests
{
    [Theory]
    [InlineData("public static class TestJobs { [Job] private static void Run() { } }", "JOBS001 Run: Run")]
    [InlineData("public class TestJobs { [Job] protected void Run() { } }", "JOBS001 Run: Run")]
    [InlineData("public class Outer { private class TestJobs { [Job] public void Run() { } } }", "JOBS001 Run: Outer.TestJobs")]
    [InlineData("file class TestJobs { [Job] public void Run() { } }", "JOBS001 Run: TestJobs")]
    [InlineData("public class TestJobs { [Job] public void Run<T>() { } }", "JOBS002 Run: Run")]
    [InlineData("public class TestJobs<T> { [Job] public void Run() { } }", "JOBS002 Run: TestJobs<T>")]
    [InlineData("public class Outer<T> { public class TestJobs { [Job] public void Run() { } } }", "JOBS002 Run: Outer<T>.TestJobs")]
    [InlineData("public ref struct TestJobs { [Job] public void Run() { } }", "JOBS003 Run: TestJobs")]
    [InlineData("[JobContract] public interface ITestJobs { [Job] static void Run() { } }", "JOBS003 Run: ITestJobs")]
    [InlineData("public class TestJobs { [Job] public async void Run() { await Task.Yield(); } }", "JOBS004 Run: Run | void")]
    [InlineData("public class TestJobs { int _x; [Job] public ref int Run() => ref _x; }", "JOBS004 Run: Run | int")]
    [InlineData("public class TestJobs { [Job, Batch] public void Run(int[] items) { } }", "JOBS008 Run: an item is of a type with members; declare a record")]
    [InlineData("public class TestJobs { [Job, Batch] public void Run(Uri item) { } }", "JOBS008 Run: the first parameter, and no other, holds the items: IReadOnlyList<T> or T[]")]
    [InlineData("public record R(int A); public class TestJobs { [Job, Batch] public void Run(R?[] items) { } }", "JOBS008 Run: an item is never null; remove the '?'")]
    [InlineData("public record R(int A); public class TestJobs { [Job, Batch] public void Run(R[] items, int more) { } }", "JOBS008 Run: the first parameter, and no other, holds the items: IReadOnlyList<T> or T[]")]
    [InlineData("public record R(int A); public class TestJobs { [Job, Batch] public int Run(R[] items) => 1; }", "JOBS008 Run: a batch has no result; return Task, ValueTask or void")]
    [InlineData("public class TestJobs { [Job(\"a b\")] public void Run() { } }", "JOBS009 Run: a b")]
    [InlineData("public class TestJobs { [Job(\"\")] public void Run() { } }", "JOBS009 Run: ")]
    [InlineData("public class TestJobs { [Job] public void Grüße() { } }", "JOBS009 Grüße: test.grüße")]
    [InlineData("public class TestJobs { [Job(ArgsName = \"a b\")] public void Run() { } }", "JOBS009 Run: a b")]
    [InlineData("public interface ITestJobs { [Job] void Run(); }", "JOBS011 Run: ITestJobs")]
    [InlineData("public class TestJobsClient; public class TestJobs { [Job] public void Run() { } }", "JOBS012 TestJobs: TestJobsClient | TestJobs")]
    [InlineData("public class TestJobs { [Job] public void Run(int equals) { } }", "JOBS012 Run: Equals | equals")]
    public void A_job_is_refused(string source, string problem)
    {
        var parsed = Parsed.Of(source);
        Assert.Null(parsed.Job);
        Assert.Contains(problem, parsed.Problems);
    }

    [Theory]
    [InlineData("Timeout = \"30\"", "JOBS010 Run: Timeout | 30 | a duration from 00:00:00.001 to 30.00:00:00")]
    [InlineData("Backoff = \"-00:00:01\"", "JOBS010 Run: Backoff | -00:00:01 | a duration from 00:00:00 to 1.00:00:00")]
    [InlineData("Timeout = \"00:00:00\"", "JOBS010 Run: Timeout | 00:00:00 | a duration from 00:00:00.001 to 30.00:00:00")]
    [InlineData("MaxBackoff = \"31.00:00:00\"", "JOBS010 Run: MaxBackoff | 31.00:00:00 | a duration from 00:00:00 to 30.00:00:00")]
    [InlineData("HardTimeoutGrace = \"soon\"", "JOBS010 Run: HardTimeoutGrace | soon | a duration from 00:00:00 to 1.00:00:00")]
    [InlineData("Backoff = \"00:00:02\", MaxBackoff = \"00:00:01\"", "JOBS010 Run: Backoff | 00:00:02 | a duration that is not longer than MaxBackoff")]
    [InlineData("Queue = \"very critical\"", "JOBS010 Run: Queue | very critical | 1 to 64 ASCII letters, digits, '-' and '_'")]
    [InlineData("MaxAttempts = 0", "JOBS010 Run: MaxAttempts | 0 | a number from 1 to 1,000")]
    [InlineData("MaxCrashes = -1", "JOBS010 Run: MaxCrashes | -1 | a number from 0 to 1,000")]
    [InlineData("Version = 0", "JOBS010 Run: Version | 0 | a number from 1 to 2,147,483,647")]
    [InlineData("RetryOn = new[] { typeof(string) }", "JOBS010 Run: RetryOn | string | types of exceptions")]
    [InlineData("NoRetryOn = new[] { typeof(System.IO.IOException), typeof(int[]) }", "JOBS010 Run: NoRetryOn | int[] | types of exceptions")]
    [InlineData("RetryOn = new[] { typeof(System.Exception) }, NoRetryOn = new[] { typeof(System.Exception) }", "JOBS010 Run: NoRetryOn | System.Exception | a type that RetryOn does not name")]
    public void A_wrong_setting_is_reported_and_left_out(string setting, string problem)
    {
        var parsed = Parsed.Of($$"""public class TestJobs { [Job({{setting}})] public void Run() { } }""");
        Assert.NotNull(parsed.Job);
        Assert.Equal([problem], parsed.Problems);
    }

    [Fact]
    public void A_failure_rule_for_what_cannot_be_thrown_is_reported_and_left_out()
    {
        var parsed = Parsed.Of("public class TestJobs { [Job, FailureRule(typeof(string), FailureStrategy.Invalid), FailureRule(typeof(System.IO.IOException), FailureStrategy.Invalid)] public void Run() { } }");
        Assert.Single(parsed.Job!.Job.Policy.FailureRules);
        Assert.Equal(["JOBS010 Run: FailureRule | string | the type of an exception"], parsed.Problems);
    }

    [Fact]
    public void Exceptions_may_be_named_by_an_interface_and_a_base_beside_a_derived_type()
    {
        var parsed = Parsed.Of("public class TestJobs { [Job(RetryOn = new[] { typeof(System.Exception), typeof(IPassing) }, NoRetryOn = new[] { typeof(System.IO.IOException) })] public void Run() { } } public interface IPassing;");
        Assert.Empty(parsed.Problems);
    }

    [Theory]
    [InlineData("public class EmailJobs { [Job] public void SendWelcomeAsync() { } }", "email.send-welcome")]
    [InlineData("public class EmailJob { [Job] public void Send() { } }", "email.send")]
    [InlineData("namespace X { public class Jobs { [global::Jobs.Job] public void Send() { } } }", "jobs.send")]
    [InlineData("public class Orders { public class Jobs { [Job] public void Place() { } } }", "orders.place")]
    [InlineData("[JobContract] public interface IEmailJobs { [Job] void Send(); }", "email.send")]
    [InlineData("public class EmailJobs { [Job(\"x.y\")] public void Send() { } }", "x.y")]
    public void A_job_is_called(string source, string name) => Assert.Equal(name, Parsed.Of(source).Job!.Job.Name);

    [Theory]
    [InlineData("int id, int Id")]
    [InlineData("System.Collections.Immutable.IImmutableList<int> list")]
    public void Payload_that_cannot_be_serialized_is_not_a_service(string parameters)
    {
        var parsed = Parsed.OfParameters(parameters);
        Assert.Null(parsed.Job);
        Assert.StartsWith("JOBS013 ", Assert.Single(parsed.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_serialized_is_reported_with_its_path()
    {
        var parsed = Parsed.Of("public record Order(System.IO.Stream Body); public class TestJobs { [Job] public void Run(Order order) { } }");
        Assert.Null(parsed.Job);
        Assert.StartsWith("JOBS013 ", Assert.Single(parsed.Problems), StringComparison.Ordinal);
        Assert.Contains("order.Body", parsed.Problems[0], StringComparison.Ordinal);
    }
}
