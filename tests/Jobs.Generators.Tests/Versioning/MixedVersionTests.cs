using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Generators.Tests.Analysis;
using Jobs.Generators.Tests.Harness;
using Jobs.Messages;
using Jobs.Testing;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests.Versioning;

/// <summary>Scenario 83: messages of an old release at workers of a new one, and the other way round, do what the compiler says.</summary>
public sealed class MixedVersionTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<string>> Cases => VersionCase.All.Select(static c => new TheoryDataRow<string>(c.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task S83_the_compiler_forbids_what_is_not_safe(string name)
    {
        var change = Find(name);
        var found = await AnalyzerRunner.RunShippedAsync(Source(change.New), await ShipAsync(Source(change.Old)));
        Assert.Equal(change.Rule is null ? [] : [change.Rule], found.Select(static d => d.Id).Where(static id => id != "JOBS028").Distinct());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task S83_what_the_compiler_allows_runs_and_what_it_forbids_does_not(string name)
    {
        var change = Find(name);
        var (old, @new) = (new Release(change.Old), new Release(change.New));
        Assert.True(await old.UnderstandsAsync(old, change.OldData, IsWithin));
        Assert.True(await @new.UnderstandsAsync(@new, change.NewData, IsWithin));

        // New code must know all that old code said, old code may know less than new code said; and what it does not know at all it leaves to others.
        // Results go the other way.
        var isForthSafe = await @new.UnderstandsAsync(old, change.OldData, IsWithin);
        var isBackSafe = await old.UnderstandsAsync(@new, change.NewData, static (sent, understood) => IsWithin(understood, sent), mayDefer: true);
        Assert.Equal(change.Rule is null, isForthSafe && isBackSafe);
    }

    /// <summary>What a release of this source would record as shipped.</summary>
    private static async Task<string> ShipAsync(string source) =>
        string.Join("\n", (await AnalyzerRunner.RunShippedAsync(source, "")).Where(static d => d.Id == "JOBS028").Select(static d => d.Properties["Text"]));

    private static string Source(string members) => $"public static class ShopJobs {{ {members} }}";

    private static VersionCase Find(string name) => VersionCase.All.Single(c => c.Name == name);

    private static bool IsWithin(JsonElement inner, JsonElement outer) => (inner.ValueKind, outer.ValueKind) switch
    {
        (JsonValueKind.Object, JsonValueKind.Object) => inner.EnumerateObject().All(m => outer.TryGetProperty(m.Name, out var other) && IsWithin(m.Value, other)),
        (JsonValueKind.Array, JsonValueKind.Array) => inner.GetArrayLength() == outer.GetArrayLength() && inner.EnumerateArray().Zip(outer.EnumerateArray()).All(static p => IsWithin(p.First, p.Second)),
        _ => JsonElement.DeepEquals(inner, outer),
    };

    /// <summary>A compiled release with workers of its own.</summary>
    private sealed class Release(string members)
    {
        private readonly LoadedJobs _jobs = LoadedJobs.Load(GeneratorRunner.RunAs(LanguageVersion.CSharp14, Source(members)));

        private JobDefinition Job => _jobs.Definitions.Single();

        /// <summary>True if its workers run a message of another release.</summary>
        /// <param name="sender">Whose message it is.</param>
        /// <param name="data">The payload.</param>
        /// <param name="agrees">Compares what was sent with what the handler was given, where both are of one version.</param>
        /// <param name="mayDefer">True if leaving it to other workers is as good.</param>
        public async Task<bool> UnderstandsAsync(Release sender, string data, Func<JsonElement, JsonElement, bool> agrees, bool mayDefer = false)
        {
            var document = Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"1","source":"/","type":"{{sender.Job.Name}}","jobversion":{{sender.Job.Version}},"data":{{data}}}""");
            await using var host = await JobTestHost.StartAsync(Register, new JobTestHostOptions { SafetyLimit = TimeSpan.FromMinutes(2) }, Token);
            host.Broker.SendRaw("default", document);
            await host.RunUntilIdleAsync(Token);
            if ((await ((IDeadLetterQueue)host.Broker).GetDeadLettersAsync("default", null, 1, Token)).Items is [var letter])
            {
                return mayDefer && letter.Reason == "unknown-job";
            }

            Assert.Equal(JobOutcomeKind.Succeeded, host.Outcomes.Single().Kind);
            return (Job.Version != sender.Job.Version || agrees(Parse(data), Understood(document)))
                && (!sender.Job.HasResult || (await sender.ResultAsync(host) is { } read && (this == sender || agrees(read, (await ResultAsync(host))!.Value))));
        }

        // What this release is given who waits for the result of the job, as it would write it; null if it is given nothing.
        private async Task<JsonElement?> ResultAsync(JobTestHost host)
        {
            var types = Ancestors(Job.GetType()).First(static t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(JobDefinition<,>)).GetGenericArguments();
            var read = (Task<JsonElement?>)typeof(Release).GetMethod(nameof(ReadAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(types).Invoke(null, [host.Jobs])!;
            return await read;
        }

        private static async Task<JsonElement?> ReadAsync<TArgs, TResult>(IJobClient jobs)
            where TArgs : IJobArgs<TArgs, TResult>
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var reading = jobs.GetHandle<TArgs, TResult>(JobId.Parse("1")).ResultAsync(end.Token).AsTask();
            if (!reading.IsCompleted)
            {
                // The job has ended, so what is not there now will never be.
                await end.CancelAsync();
            }

            try
            {
                var result = await reading;
                var output = new ArrayBufferWriter<byte>();
                await using (var writer = new Utf8JsonWriter(output))
                {
                    JobDefinition.Of<TArgs, TResult>().WriteResult(writer, result);
                }

                return Parse(Encoding.UTF8.GetString(output.WrittenSpan));
            }
            catch (Exception error) when (error is JobPayloadException or OperationCanceledException)
            {
                return null;
            }
        }

        private static IEnumerable<Type> Ancestors(Type? type)
        {
            for (; type is not null; type = type.BaseType)
            {
                yield return type;
            }
        }

        // What the definition writes of the args that the handler was given.
        private JsonElement Understood(byte[] document)
        {
            var output = new ArrayBufferWriter<byte>();
            Job.Decode(JobMessage.FromBytes(document)).WriteTo(output);
            return Parse(Encoding.UTF8.GetString(output.WrittenSpan)).GetProperty("data");
        }

        private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

        private void Register(IJobsBuilder builder)
        {
            builder.AddDefinition(Job);
            builder.AddHandler(_jobs.Handlers.Single());
        }
    }
}
