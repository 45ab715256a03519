using Jobs.Generators.Tests.Harness;
using Jobs.Testing;

namespace Jobs.Generators.Tests;

/// <summary>Jobs of several assemblies in one host, as their generated registrations add them.</summary>
public sealed class SeveralAssembliesTests
{
    // Nothing here is public, one class is nested, and one is in parts.
    private const string Shop = """
        namespace Shop;
        internal static partial class Outer
        {
            internal sealed partial class OrderJobs { [Job] public void Pack(int id) { } }
            internal sealed partial class OrderJobs { [Job] internal static int Count(Box box) => box.Id; }
            internal sealed record Box(int Id);
        }
        """;

    private const string Mail = "namespace Mail; public static class LetterJobs { [Job] public static void Send(string to) { } }";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_of_them_run_however_often_they_are_registered()
    {
        LoadedJobs[] assemblies = [Load(Shop, "Shop"), Load(Mail, "Mail")];
        await using var host = await JobTestHost.StartAsync(jobs => Array.ForEach([.. assemblies, .. assemblies], assembly => assembly.Register(jobs)), cancellationToken: Token);
        Send(host, "outer-order.pack", """{"id":1}""");
        Send(host, "outer-order.count", """{"box":{"id":2}}""");
        Send(host, "letter.send", """{"to":"a"}""");

        await host.RunUntilIdleAsync(Token);

        Assert.Equal(3, host.Count(JobOutcomeKind.Succeeded));
    }

    [Fact]
    public async Task S84_one_name_in_two_of_them_fails_the_start_with_both_places()
    {
        LoadedJobs[] assemblies = [Load(Mail, "Mail"), Load(Mail.Replace("namespace Mail", "namespace Post", StringComparison.Ordinal), "Post")];
        var error = await Assert.ThrowsAsync<JobConfigurationException>(
            () => JobTestHost.StartAsync(jobs => Array.ForEach(assemblies, assembly => assembly.Register(jobs)), cancellationToken: Token));
        Assert.Contains("'letter.send' is declared more than once: Mail.LetterJobs.Send and Post.LetterJobs.Send", error.Message, StringComparison.Ordinal);
    }

    private static LoadedJobs Load(string source, string assembly) => LoadedJobs.Load(GeneratorRunner.Run(source, $"{assembly}.{nameof(SeveralAssembliesTests)}"));

    private static void Send(JobTestHost host, string name, string data) => host.Broker.SendRaw(
        "default", System.Text.Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{name}}","source":"/","type":"{{name}}","data":{{data}}}"""));
}
