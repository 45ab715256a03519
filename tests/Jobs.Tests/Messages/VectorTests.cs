using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Messages;

/// <summary>The golden vectors are a promise to other languages and to jobs already in queues: never change one, only add.</summary>
public sealed class VectorTests
{
    public static TheoryData<string> Vectors { get; } = new(typeof(Wire).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".json", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_page_shows_the_same_bytes(string name) =>
        Assert.Contains($"```json\n{Wire.Resource(name)}```", Wire.Resource("wire-format.md"), StringComparison.Ordinal);

    [Fact]
    public void All_vectors_are_here() => Assert.Equal(
        ["document-full.json", "document-minimal.json", "document-other-sdk.json", "state-full.json", "state-record.json", "state-retry.json"],
        Vectors.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Fact]
    public void Minimal_document()
    {
        AssertWritten("document-minimal.json", Wire.Message(new NumberArgs(42)));
        Assert.Equal(new NumberArgs(42), AssertRead("document-minimal.json").ReadArgs(NumberArgs.Definition));
    }

    [Fact]
    public void Full_document()
    {
        var message = Wire.Message(new TextArgs("\"you\" & <me> 😀"), new MessageAttributes
        {
            Expires = Wire.Noon.AddDays(2),
            Priority = JobPriority.High,
            Key = "welcome:42",
            Tenant = "a",
            MaxAttempts = 8,
            Backoff = TimeSpan.FromSeconds(5),
            Timeout = new TimeSpan(1, 2, 3, 4, 500),
            CorrelationId = "request-7",
            ParentId = Wire.Id,
            RootId = JobId.Parse("order 4711"),
            Schedule = "nightly",
            Tick = Wire.Noon.AddMinutes(-30),
            Partition = "p1",
            ConcurrencyKey = "mailbox:42",
            ReplyTo = "replies",
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            TraceState = "vendor=1",
            Headers = new Dictionary<string, string> { ["region"] = "eu", ["note"] = "Grüße" },
        });
        message.Id = Wire.Id.Child(0);
        message.Queue = "critical";
        message.EnqueuedAt = Wire.Noon.AddTicks(1234567);
        message.Due = Wire.Noon.AddDays(1);

        AssertWritten("document-full.json", message);
        var read = AssertRead("document-full.json");

        Assert.Equal(message.Id, read.Id);
        Assert.Equal(message.Due, read.Due);
        Assert.Equal(message.Attributes with { Headers = read.Attributes.Headers }, read.Attributes);
        Assert.Equal(message.Attributes.Headers.ToDictionary(), read.Attributes.Headers.ToDictionary());
        Assert.Equal(message.ReadArgs(TextArgs.Definition), read.ReadArgs(TextArgs.Definition));
    }

    [Fact]
    public void Document_of_another_sdk()
    {
        var message = AssertRead("document-other-sdk.json");

        Assert.Equal("A234-1234-1234", message.Id.ToString());
        Assert.Equal("https://shop.example.com/checkout", message.Source);
        Assert.Equal("test.text", message.Name);
        Assert.Equal(2, message.Version);
        Assert.Equal("critical", message.Queue);
        Assert.Equal(Wire.Noon.AddMilliseconds(500), message.EnqueuedAt);
        Assert.Equal(JobPriority.Low, message.Attributes.Priority);
        Assert.Equal(TimeSpan.FromMinutes(1), message.Attributes.Timeout);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["subject"] = "mailbox/42",
                ["dataschema"] = "https://example.com/schemas/text/1",
                ["comexamplenumber"] = "7",
                ["comexampleflag"] = "true",
            },
            message.Attributes.Headers.ToDictionary());
        Assert.Equal(new TextArgs("Grüße / 😀"), message.ReadArgs(new TextDefinition { Version = 2 }));
    }

    [Fact]
    public void State_after_a_retry()
    {
        var state = MessageState.Initial.AfterRetry(
            new JobFailure
            {
                Attempt = 1,
                At = Wire.Noon.AddMilliseconds(250),
                Type = "System.TimeoutException",
                Message = "The mail server did not answer.",
                Stack = "   at Shop.EmailJobs.SendWelcome(Guid userId)",
                Worker = "web-1",
            },
            Wire.Noon.AddSeconds(5),
            deliveries: 1);

        AssertState("state-retry.json", state);
    }

    [Fact]
    public void State_of_a_job_just_enqueued_whose_record_is_known() => AssertState("state-record.json", new MessageState { RecordVersion = 4711 });

    [Fact]
    public void Full_state() => AssertState("state-full.json", new MessageState
    {
        Copy = 23,
        Attempt = 21,
        Crashes = 2,
        Due = Wire.Noon.AddMinutes(10),
        UnknownSince = Wire.Noon,
        Failures =
        [
            new JobFailure { Attempt = 1, At = Wire.Noon.AddHours(-1), Type = "System.TimeoutException", Message = "Zeitüberschreitung" },
            new JobFailure
            {
                Attempt = 20,
                At = Wire.Noon.AddMinutes(-1),
                Type = "System.IO.IOException",
                Message = "\"disk\" is full",
                Stack = "   at Shop.Disk.Write()\r\n   at Shop.Reports.Run()",
                Worker = "web-2",
            },
        ],
        OmittedFailures = 18,
    });

    private static void AssertWritten(string name, JobMessage message) => Assert.Equal(Wire.Resource(name).TrimEnd(), Wire.Text(message));

    private static JobMessage AssertRead(string name)
    {
        var document = Wire.Resource(name);
        var message = Wire.Read(document);
        Assert.Equal(document, Wire.Text(message));
        return message;
    }

    private static void AssertState(string name, MessageState state)
    {
        var json = Wire.Resource(name).TrimEnd();
        Assert.Equal(json, Wire.Text(state));
        var read = Wire.ReadState(json);
        Assert.Equal(state with { Failures = read.Failures }, read);
        Assert.Equal(state.Failures, read.Failures);
    }
}
