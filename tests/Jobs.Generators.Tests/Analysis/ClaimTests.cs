using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>What is said of limits and idempotency keys beside what <see cref="MisuseTests"/> asks of all rules.</summary>
public sealed class ClaimTests
{
    [Theory]
    [InlineData("[Concurrency(2)] public static void Run(int id) { }", "[Concurrency] on 'Run' does nothing: put [Job] beside it, or remove it")]
    [InlineData("[Idempotent] public static void Run(int id) { }", "[Idempotent] on 'Run' does nothing: put [Job] beside it, or remove it")]
    [InlineData("[Job, Batch(Size = 10), Concurrency(9)] public static void Run(Item[] items) { } public sealed record Item(int Id);", "[Concurrency] lets 9 items of 'Run' run at once, so no batch of 10 ever fills: raise the limit to a multiple of the batch's Size")]
    [InlineData("""[Job, Idempotent(Key = "charge")] public static void Run(int id) { }""", "All calls of 'Run' have the idempotency key 'charge', so that only the first does anything: name a parameter in braces, or leave Key out")]
    [InlineData("[Job, Concurrency(0)] public static void Run(int id) { }", "The limit of [Concurrency] cannot be '0': use a number from 1 to 1,000,000")]
    [InlineData("""[Job, Idempotent(Retention = "00:00:00")] public static void Run(int id) { }""", "Retention cannot be '00:00:00': use a duration from 00:00:01 to 365.00:00:00")]
    [InlineData("""[Job, Concurrency(2, Key = "tenant:{tenant}")] public static void Run(int id) { }""", "The key 'tenant:{tenant}' names 'tenant'")]
    [InlineData("""[Job, Idempotent(Key = "order:{id")] public static void Run(int id) { }""", "'order:{id' is no template of a key")]
    public async Task A_message_says_the_cure(string member, string expected) =>
        Assert.StartsWith(expected, Assert.Single(await RunAsync(member)).GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Job, Concurrency(1)] public static void Run(int id) { }")]
    [InlineData("""[Job, Concurrency(1, Key = "mail server")] public static void Run(int id) { }""")]
    [InlineData("""[Job, Concurrency(2, Key = "tenant:{tenantId}")] public static void Run(Guid tenantId) { }""")]
    [InlineData("[Job, Batch(Size = 10), Concurrency(10)] public static void Run(Item[] items) { } public sealed record Item(int Id);")]
    [InlineData("""[Job, Batch, Idempotent(Key = "item:{item.Id}")] public static void Run(Item[] items) { } public sealed record Item(int Id);""")]
    [InlineData("""[Job, Idempotent(Retention = "7.00:00:00")] public static void Run(int id) { }""")]
    public async Task What_is_right_is_silent(string member) => Assert.Empty(await RunAsync(member));

    private static Task<IReadOnlyList<Diagnostic>> RunAsync(string member) => AnalyzerRunner.RunAsync($"public static class ShopJobs {{ {member} }}");
}
