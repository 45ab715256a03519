using System.Text;
using Amazon.Runtime;
using Jobs.Brokers.Sqs.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Sqs.Protocol;

/// <summary>Makes clients, and asks them in a word.</summary>
internal static class SqsClients
{
    // Long enough for a machine with other things to do; reached only by a test that fails.
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static SqsClientOptions Options(Uri endpoint) => new() { Endpoint = endpoint, Region = "eu-central-1", AccessKey = "AKIDEXAMPLE", SecretKey = "secret" };

    public static ISqsClient Open(Uri endpoint, TimeProvider? time = null) => SqsClient.Open(Options(endpoint), time ?? TimeProvider.System, NullLogger.Instance);

    public static ISqsClient Open(SqsClientOptions options, SqsCredentials credentials, TimeProvider? time = null) =>
        SqsClient.Open(options, credentials, static _ => null, time ?? TimeProvider.System, NullLogger.Instance);

    /// <summary>Credentials that a test gives and takes.</summary>
    public static SqsCredentials Credentials(Func<AWSCredentials> find) => new(() => Task.FromResult(find()));

    public static SqsSendEntry Entry(string body, int? delay = null) => new(Encoding.UTF8.GetBytes(body)) { DelaySeconds = delay };

    public static string Text(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Makes a queue.</summary>
    public static ValueTask<string> CreateAsync(this ISqsClient client, string name, params IEnumerable<(string Name, string Value)> attributes) =>
        client.CreateQueueAsync(name, attributes.ToDictionary(static attribute => attribute.Name, static attribute => attribute.Value), null, Token);

    /// <summary>Sends messages; what became of them.</summary>
    public static async Task<SqsEntryResult[]> SendAsync(this ISqsClient client, string queue, params SqsSendEntry[] entries)
    {
        var results = new SqsEntryResult[entries.Length];
        await client.SendMessageBatchAsync(queue, entries, results, isRepeatable: false, Token).AsTask().WaitAsync(Patience, TimeProvider.System, Token);
        return results;
    }

    public static Task<SqsMessages> ReceiveAsync(this ISqsClient client, string queue, int max = 10, int wait = 5, int visibility = 30) =>
        client.ReceiveMessageAsync(queue, new SqsReceiveOptions(max, wait, visibility), Token).AsTask().WaitAsync(Patience, TimeProvider.System, Token);

    /// <summary>Receives until there are as many; bodies, and handles.</summary>
    public static async Task<List<(string Body, byte[] Handle)>> ReceiveAllAsync(this ISqsClient client, string queue, int count)
    {
        var all = new List<(string, byte[])>();
        while (all.Count < count)
        {
            using var messages = await client.ReceiveAsync(queue);
            foreach (ref readonly var message in messages)
            {
                all.Add((message.Body.Text(), message.ReceiptHandle.ToArray()));
            }
        }

        return all;
    }

    /// <summary>The error that something ends with.</summary>
    public static async Task<SqsException> FailsAsync<T>(ValueTask<T> asked) => await Assert.ThrowsAsync<SqsException>(async () => await asked);

    /// <summary>The error that something ends with.</summary>
    public static async Task<SqsException> FailsAsync(ValueTask asked) => await Assert.ThrowsAsync<SqsException>(async () => await asked);
}
