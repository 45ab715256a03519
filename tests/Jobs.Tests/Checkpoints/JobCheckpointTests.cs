using Jobs.Checkpoints;

namespace Jobs.Tests.Checkpoints;

/// <summary>A checkpoint outside a run, as tests of a job's method make it, and its record.</summary>
public sealed class JobCheckpointTests
{
    [Fact]
    public async Task One_of_nothing_keeps_what_is_saved()
    {
        var checkpoint = new JobCheckpoint<int>();
        Assert.False(checkpoint.TryGet(out _));

        await checkpoint.SaveAsync(3, TestContext.Current.CancellationToken);

        Assert.True(checkpoint.TryGet(out var saved));
        Assert.Equal(3, saved);
    }

    [Fact]
    public void One_of_an_earlier_run_has_what_that_saved()
    {
        Assert.True(new JobCheckpoint<string>("page 7").TryGet(out var saved));
        Assert.Equal("page 7", saved);
    }

    [Fact]
    public async Task A_wait_that_was_cancelled_saves_nothing()
    {
        var checkpoint = new JobCheckpoint<int>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => checkpoint.SaveAsync(3, new CancellationToken(canceled: true)).AsTask());
        Assert.False(checkpoint.TryGet(out _));
    }

    [Fact]
    public void A_record_keeps_value_and_time()
    {
        Assert.True(CheckpointRecord.TryDecode(new CheckpointRecord(42, """{"a":[1, "ü"]}"""u8.ToArray()).Encode(), out var record));
        Assert.Equal((42, """{"a":[1, "ü"]}"""), (record.Value.Enqueued, System.Text.Encoding.UTF8.GetString(record.Value.Value.Span)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("""{"enqueued":"now","value":1}""")]
    [InlineData("""{"enqueued":1.5,"value":1}""")]
    [InlineData("""{"enqueued":1}""")]
    public void What_is_no_record_is_told(string text) => Assert.False(CheckpointRecord.TryDecode(System.Text.Encoding.UTF8.GetBytes(text), out _));
}
