using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>What is said of templates of keys.</summary>
public sealed class KeyTests
{
    [Theory]
    [InlineData("""[Job(Key = "")] public static void Run() { }""", "'' is no template of a key: it is empty")]
    [InlineData("""[Job(Key = "a:{id")] public static void Run(int id) { }""", "'a:{id' is no template of a key: a '{' has no '}'; one that is text is written '{{'")]
    [InlineData("""[Job(Key = "a}b")] public static void Run(int id) { }""", "'a}b' is no template of a key: a '}' has no '{'; one that is text is written '}}'")]
    [InlineData("""[Job(Key = "a:{}")] public static void Run(int id) { }""", "'a:{}' is no template of a key: '{}' names nothing")]
    [InlineData("""[Job(Key = "a:{order.}")] public static void Run(Order order) { }""", "'a:{order.}' is no template of a key: '{order.}' names nothing")]
    [InlineData("""[Job(Key = "a:{day:HH}")] public static void Run(DateOnly day) { }""", "'a:{day:HH}' is no template of a key: 'day' takes no format 'HH'")]
    [InlineData("""[Job(Key = "a:{id:Q}")] public static void Run(Guid id) { }""", "'a:{id:Q}' is no template of a key: 'id' takes no format 'Q'")]
    [InlineData("""[Job(Key = "a:{text:D}")] public static void Run(string text) { }""", "'a:{text:D}' is no template of a key: 'text' takes no format 'D'")]
    [InlineData("""[Job(Key = "a:{day:D}")] public static void Run(DayOfWeek day) { }""", "'a:{day:D}' is no template of a key: 'day' is an enum, which takes no format")]
    [InlineData("""[Job(Key = "a:{user}")] public static void Run(Guid userId, CancellationToken token) { }""", "The key 'a:{user}' names 'user', which does not travel with the job: use 'userId'")]
    [InlineData("""[Job(Key = "a:{token}")] public static void Run(CancellationToken token) { }""", "The key 'a:{token}' names 'token', which does not travel with the job: there is none")]
    [InlineData("""[Job(Key = "a:{order.Secret}")] public static void Run(Order order) { }""", "The key 'a:{order.Secret}' names 'order.Secret', which does not travel with the job: use 'Id', 'Customer'")]
    [InlineData("""[Job(Key = "a:{id.Length}")] public static void Run(string id) { }""", "The key 'a:{id.Length}' names 'id.Length', which does not travel with the job: there is none")]
    [InlineData("""[Job(Key = "a:{orders}"), Batch] public static void Run(Order[] orders) { }""", "The key 'a:{orders}' names 'orders', which does not travel with the job: use 'item'")]
    [InlineData("""[Job(Key = "a:{order}")] public static void Run(Order order) { }""", "The key 'a:{order}' names 'order' of type 'Order', which has no exact text: use a string, a number without fraction, a Guid, a date or an enum, or a property that is one, as in '{order.Id}'")]
    [InlineData("""[Job(Key = "a:{ids}")] public static void Run(int[] ids) { }""", "The key 'a:{ids}' names 'ids' of type 'int[]', which has no exact text: use a string, a number without fraction, a Guid, a date or an enum, or a property that is one, as in '{order.Id}'")]
    public async Task A_message_says_the_cure(string member, string expected)
    {
        var found = Assert.Single(await RunAsync(member));

        Assert.Equal(expected, found.GetMessage(CultureInfo.InvariantCulture));
        Assert.StartsWith("Key = \"", AnalyzerRunner.Describe(found)[8..], StringComparison.Ordinal);
        Assert.Contains(WellKnownDiagnosticTags.NotConfigurable, found.Descriptor.CustomTags);
    }

    [Theory]
    [InlineData("""[Job(Key = "nightly")] public static void Run(int id) { }""")]
    [InlineData("""[Job(Key = "a:{id}:{{x}}")] public static void Run(int? id) { }""")]
    [InlineData("""[Job(Key = "a:{order.Customer.Name}", OnConflict = KeyConflict.Replace)] public static void Run(Order? order) { }""")]
    [InlineData("""[Job(Key = "a:{item.Id:D8}"), Batch] public static void Run(IReadOnlyList<Order> orders) { }""")]
    [InlineData("""[Job(Key = "a:{at:yyyyMMddHHmm}:{time:HH-mm}:{day:yyyy}:{span:hh}:{uri}:{version}:{kind}:{amount:0.00}")] public static void Run(DateTimeOffset at, TimeOnly time, DateOnly day, TimeSpan span, Uri uri, Version version, DayOfWeek kind, decimal amount) { }""")]
    [InlineData("""[JobContract] public interface IInner { [Job(Key = "a:{id}")] void Run(Guid id); }""")]
    public async Task Templates_that_are_right_are_silent(string member) => Assert.Empty(await RunAsync(member));

    [Fact]
    public async Task A_conflict_policy_that_does_not_exist_is_told() =>
        Assert.Equal("OnConflict cannot be '9': use Reject, ReturnExisting or Replace", Assert.Single(await RunAsync("""[Job(OnConflict = (KeyConflict)9)] public static void Run() { }""")).GetMessage(CultureInfo.InvariantCulture));

    private static Task<IReadOnlyList<Diagnostic>> RunAsync(string member) => AnalyzerRunner.RunAsync(
        $$"""
        public sealed record Customer(string Name);
        public sealed record Order(int Id, Customer? Customer) { private int Secret => Id; public static int Total => 0; }
        public static class ReportJobs { {{member}} }
        """);
}
