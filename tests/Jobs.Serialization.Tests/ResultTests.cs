using System.Text;
using System.Text.Json;
using Jobs.Definitions;
using Jobs.Serialization.Tests.Oracle;
using Jobs.Serialization.Tests.Payloads;

namespace Jobs.Serialization.Tests;

/// <summary>Results and the items of batches, whose JSON is the value itself.</summary>
public sealed class ResultTests
{
    [Fact]
    public void Results_are_what_the_oracle_writes()
    {
        AssertResult<ResultJobsClient.CountArgs, int>(42);
        AssertResult<ResultJobsClient.NameArgs, string?>("ä");
        AssertResult<ResultJobsClient.NameArgs, string?>(null);
        AssertResult<ResultJobsClient.PagesArgs, List<Page<Point>>>([new Page<Point>([new(1, 2)], new(3, 4), "n"), new Page<Point>([], default)]);
        AssertResult<ResultJobsClient.MaybeArgs, Point?>(new Point(1, 2));
        AssertResult<ResultJobsClient.MaybeArgs, Point?>(null);
    }

    [Fact]
    public void The_payload_of_a_batch_is_its_item()
    {
        var definition = Definition<ResultJobsClient.IngestArgs>();
        var item = new Node("a", new Node("b"), []);
        var json = Write(writer => JobJson.WritePayload(definition, writer, new ResultJobsClient.IngestArgs(item)));

        Assert.Equal(JsonSerializer.Serialize(item, OracleJob.Options), json);
        Assert.Equal(json, JsonSerializer.Serialize(JobJson.ReadPayload(definition, Encoding.UTF8.GetBytes(json)).Item, OracleJob.Options));
        var exception = Assert.Throws<JobPayloadException>(() => JobJson.ReadPayload(definition, "{\"name\":null}"u8));
        Assert.Equal("name", exception.Member);
        Assert.Throws<JobPayloadException>(() => JobJson.ReadPayload(definition, "null"u8));
    }

    private static void AssertResult<TArgs, TResult>(TResult value)
        where TArgs : struct, IJobArgs<TArgs, TResult>
    {
        var definition = (JobDefinition<TArgs, TResult>)Definition<TArgs>();
        var json = Write(writer => definition.WriteResult(writer, value));
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();

        Assert.Equal(JsonSerializer.Serialize(value, OracleJob.Options), json);
        Assert.Equal(json, JsonSerializer.Serialize(definition.ReadResult(ref reader), OracleJob.Options));
        Assert.False(reader.Read());
    }

    private static JobDefinition<TArgs> Definition<TArgs>()
        where TArgs : struct, IJobArgs<TArgs> => TArgs.Definition;

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var json = JsonScratch.Rent();
        write(json.Writer);
        return Encoding.UTF8.GetString(json.Complete());
    }
}
