using System.Text;
using Jobs.Results;

namespace Jobs.Tests.Results;

public sealed class ResultRecordTests
{
    [Theory]
    [InlineData("7", """{"state":"succeeded","result":7}""")]
    [InlineData("", """{"state":"succeeded"}""")]
    public void A_success_is_kept_with_its_result(string result, string expected)
    {
        var bytes = ResultRecord.EncodeSucceeded(Encoding.UTF8.GetBytes(result));

        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
        Assert.True(ResultRecord.TryDecode(bytes, out var record));
        Assert.Equal((ResultRecord.Succeeded, result), (record.Value.State, Encoding.UTF8.GetString(record.Value.Result.Span)));
    }

    [Fact]
    public void A_dead_letter_is_kept_with_its_reason()
    {
        var bytes = ResultRecord.EncodeDeadLettered("attempts-exhausted", "boom");

        Assert.Equal("""{"state":"dead-lettered","reason":"attempts-exhausted","error":"boom"}""", Encoding.UTF8.GetString(bytes));
        Assert.True(ResultRecord.TryDecode(bytes, out var record));
        Assert.Equal((ResultRecord.DeadLettered, "attempts-exhausted", "boom"), (record.Value.State, record.Value.Reason, record.Value.Error));
    }

    [Fact]
    public void A_cancelled_job_is_kept_with_its_reason() =>
        Assert.Equal("""{"state":"cancelled","reason":"expired"}""", Encoding.UTF8.GetString(ResultRecord.EncodeCancelled("expired")));

    [Fact]
    public void Unknown_members_are_skipped_in_any_order()
    {
        Assert.True(ResultRecord.TryDecode("""{"new":[1],"result":{"a":1},"state":"succeeded"}"""u8.ToArray(), out var record));
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(record.Value.Result.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"state":7}""")]
    public void Other_bytes_are_no_record(string text) =>
        Assert.False(ResultRecord.TryDecode(Encoding.UTF8.GetBytes(text), out _));
}
