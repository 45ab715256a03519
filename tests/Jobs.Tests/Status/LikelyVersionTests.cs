using Jobs.Hosting;
using Jobs.Memory;
using Jobs.Messages;
using Jobs.Settling;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Telemetry;
using Jobs.Tests.Definitions;
using Jobs.Tests.Messages;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Status;

/// <summary>A worker hears from the producer which version of the record it will find, where the store can do without a look then.</summary>
public sealed class LikelyVersionTests : IAsyncDisposable
{
    private readonly MemoryStore _memory = new(TimeProvider.System);
    private readonly StatusRecorder _recorder = new(new StatusOptions(), TimeProvider.System, "worker-1");

    public ValueTask DisposeAsync() => _memory.DisposeAsync();

    [Fact]
    public async Task Messages_carry_the_versions_of_their_records()
    {
        JobMessage[] messages = [Message(1), Message(2), Message(3)];
        await _memory.PutAsync(StatusRecord.KeyOf(messages[1].Id), "later"u8.ToArray(), StoreCondition.IfNotNewer(9), expiry: null, TestContext.Current.CancellationToken);

        await Records(new AwayStore(_memory) { ComparesVersions = true }).PendingAsync(messages);

        Assert.Equal([await VersionAsync(messages[0]), 0, await VersionAsync(messages[2])], messages.Select(static message => message.State.RecordVersion));
        Assert.Same(MessageState.Initial, messages[1].State);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Messages_are_as_ever_where_that_saves_nothing_or_the_store_is_away(bool comparesVersions, bool isAway)
    {
        var message = Message(1);

        await Records(new AwayStore(_memory) { ComparesVersions = comparesVersions, IsAway = isAway }).PendingAsync([message]);

        Assert.Same(MessageState.Initial, message.State);
        Assert.Equal(isAway, await VersionAsync(message) == 0);
    }

    [Fact]
    public void The_first_record_of_a_worker_says_what_it_expects()
    {
        var message = Message(1);
        message.State = message.State with { RecordVersion = 4711 };
        var (plain, slow) = (new StatusFacts(message, 1, null), new StatusFacts(message, 1, null));

        Assert.Equal(4711, _recorder.Ended(plain, Outcome.Succeeded, held: 0).LikelyVersion);
        Assert.Equal(4711, _recorder.Running(slow).LikelyVersion);
        Assert.Null(_recorder.Running(slow).LikelyVersion);
        Assert.Null(_recorder.Ended(slow, Outcome.Succeeded, held: 0).LikelyVersion);
        Assert.Null(_recorder.Ended(new StatusFacts(Message(2), 1, null), Outcome.Succeeded, held: 0).LikelyVersion);
        Assert.Null(_recorder.Pending(message).LikelyVersion);
    }

    [Fact]
    public void A_message_that_was_received_is_as_new_as_it_was()
    {
        var message = Message(1);
        message.State = message.State with { RecordVersion = 4711 };

        var received = Wire.Read(Wire.Text(message), Wire.Text(message.State));

        Assert.Equal(4711, received.State.RecordVersion);
        Assert.True(received.State.IsNew);
        Assert.Equal(message.DedupeId, received.DedupeId);
    }

    private static JobMessage<NumberArgs> Message(int number)
    {
        var message = Wire.Message(new NumberArgs(number));
        message.Id = Wire.Id.Child(number);
        return message;
    }

    private ClientRecords Records(IJobStore store) => new(_recorder, store, new JobsTelemetry(), TimeProvider.System, NullLogger.Instance);

    private async Task<long> VersionAsync(JobMessage message) => (await _memory.GetAsync(StatusRecord.KeyOf(message.Id), TestContext.Current.CancellationToken))?.Version ?? 0;
}
