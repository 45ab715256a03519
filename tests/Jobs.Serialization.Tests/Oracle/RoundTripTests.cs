using System.Text;
using System.Text.Json;

namespace Jobs.Serialization.Tests.Oracle;

/// <summary>Generated serializers against System.Text.Json, which defines the wire format.</summary>
public sealed class RoundTripTests
{
    private const int Values = 1000;

    [Theory, MemberData(nameof(OracleJob.Names), MemberType = typeof(OracleJob))]
    public void Writes_the_oracles_bytes_and_reads_them_back(string name)
    {
        var job = OracleJob.All[name];
        for (var seed = 0; seed < Values; seed++)
        {
            var args = job.CreateArgs(new RandomValues(seed));
            var theirs = job.WriteByOracle(args);

            AssertSame(theirs, job.Write(args), seed, "written");
            AssertSame(job.WriteByOracle(job.ReadByOracle(theirs)), job.WriteByOracle(job.Read(theirs)), seed, "read back");
        }
    }

    [Theory, MemberData(nameof(OracleJob.Names), MemberType = typeof(OracleJob))]
    public void Refuses_to_write_the_nulls_that_the_oracle_refuses(string name)
    {
        var job = OracleJob.All[name];
        for (var seed = 0; seed < Values / 5; seed++)
        {
            var args = job.CreateArgs(new RandomValues(seed, anyNulls: true));
            byte[]? theirs = null;
            try
            {
                theirs = job.WriteByOracle(args);
            }
            catch (JsonException)
            {
                var exception = Assert.Throws<JobPayloadException>(() => job.Write(args));
                Assert.Equal(name, exception.JobName);
                Assert.NotNull(exception.Member);
            }

            if (theirs is not null)
            {
                AssertSame(theirs, job.Write(args), seed, "written");
            }
        }
    }

    private static void AssertSame(byte[] expected, byte[] actual, int seed, string what)
    {
        if (!expected.AsSpan().SequenceEqual(actual))
        {
            Assert.Fail($"Seed {seed}, {what}:\nexpected {Encoding.UTF8.GetString(expected)}\nactual   {Encoding.UTF8.GetString(actual)}");
        }
    }
}
