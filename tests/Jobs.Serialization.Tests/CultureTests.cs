using System.Globalization;
using Jobs.Serialization.Tests.Oracle;

namespace Jobs.Serialization.Tests;

/// <summary>The bytes are the same wherever a process runs.</summary>
public sealed class CultureTests
{
    // A minus that is not "-", an "i" that is not "I", digits and a calendar that are not ours.
    [Theory]
    [InlineData("fi-FI")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void Every_culture_writes_and_reads_the_same(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        foreach (var job in OracleJob.All.Values)
        {
            var args = job.CreateArgs(new RandomValues(3));
            var expected = job.Write(args);
            // Not the same bytes: a lone surrogate is read as U+FFFD, and a set may then have another order.
            var again = job.Write(job.Read(expected));
            try
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

                Assert.Equal(expected, job.Write(args));
                Assert.Equal(again, job.Write(job.Read(expected)));
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        }
    }
}
