using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Administration;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Administration;

public sealed class QueueStateTests : IClassFixture<JetStreamFixture>, IAsyncLifetime
{
    private const string Queue = "q";

    private readonly NatsNames _names;
    private readonly INatsClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly QueueState _state;

    public QueueStateTests(JetStreamFixture fixture)
    {
        _names = new NatsNames(fixture.NewName());
        (_client, _jetStream) = (fixture.Client, fixture.JetStream);
        _state = new QueueState(_client, _jetStream, _names, TimeProvider.System);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var topology = new QueueTopology(Queue, TimeSpan.FromSeconds(30)) { Priorities = [JobPriority.High, JobPriority.Low] };
        await new Provisioner(_jetStream, _names, new NatsBrokerOptions(), ProvisionMode.CreateIfMissing, NullLogger.Instance)
            .RunAsync(new BrokerTopology(_names.Namespace, [topology, topology with { Name = "other" }]), Token);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Depth_adds_up_levels_and_counts_what_is_in_hand_and_delayed()
    {
        await StoreAsync(_names.QueueSubject(Queue, 0), 3);
        await StoreAsync(_names.QueueSubject(Queue, 2), 4);
        await StoreAsync(_names.QueueSubject("other", 0), 1);
        await StoreAsync(_names.DelaySubject("s1", Queue, 0), 2);
        await StoreAsync(_names.DelaySubject("d7", Queue, 2), 1);
        await StoreAsync(_names.DelaySubject("s1", "other", 0), 1);
        await TakeAsync(2, 2);

        var depth = await _state.GetDepthAsync(Queue, Token);

        Assert.Equal((5, 2, 3), (depth.Waiting, depth.InFlight, depth.Delayed));
        Assert.InRange(depth.OldestAge, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Depth_of_what_nobody_made_is_zero()
    {
        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await _state.GetDepthAsync(Queue, Token));
        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await _state.GetDepthAsync("absent", Token));
        Assert.Equal(0, await _state.PurgeAsync(Queue, Token));
        Assert.Equal(0, await _state.PurgeAsync("absent", Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_moves_while_depth_is_told_is_counted_wherever_it_is(bool isDelayed)
    {
        var moving = new ForgetfulClient(_client);
        var state = new QueueState(moving, new JetStreamClient(moving, TimeProvider.System), _names, TimeProvider.System);
        await StoreAsync(isDelayed ? _names.DelaySubject("s1", Queue, 0) : _names.QueueSubject(Queue, 0), 1);

        // Before each question it moves or stays, in every order that there is.
        for (var moves = 0; moves < 1 << 6; moves++)
        {
            var asked = 0;
            moving.Asking = async _ =>
            {
                if ((moves >> asked++ & 1) == 1)
                {
                    await MoveAsync(isDelayed);
                    isDelayed = !isDelayed;
                }
            };

            var depth = await state.GetDepthAsync(Queue, Token);

            Assert.True(depth.Waiting + depth.InFlight + depth.Delayed > 0, $"Lost sight of with the moves {moves:b}.");
        }

        moving.Asking = static _ => Task.CompletedTask;
        if (!isDelayed)
        {
            await MoveAsync(isDelayed);
        }

        await _jetStream.PurgeAsync(_names.DelayStream, null, Token);
        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await state.GetDepthAsync(Queue, Token));
    }

    [Fact]
    public async Task What_waits_for_a_consumer_that_was_deleted_is_not_nothing()
    {
        await _jetStream.DeleteConsumerAsync(_names.QueueStream(Queue), NatsNames.Consumer(2), Token);
        await StoreAsync(_names.QueueSubject(Queue, 2), 3);

        Assert.InRange((await _state.GetDepthAsync(Queue, Token)).Waiting, 1, 3);
    }

    [Fact]
    public async Task The_oldest_age_is_that_of_the_first_that_waits()
    {
        await StoreAsync(_names.QueueSubject(Queue, 2), 1);
        await StoreAsync(_names.QueueSubject(Queue, 2), 1);
        var (first, second) = (await StoredAtAsync(1), await StoredAtAsync(2));
        var later = second.AddMinutes(1);
        var state = new QueueState(_client, _jetStream, _names, new FakeTimeProvider(later));
        Assert.Equal(later - first, (await state.GetDepthAsync(Queue, Token)).OldestAge);

        await TakeAsync(2, 1);

        Assert.Equal(later - second, (await state.GetDepthAsync(Queue, Token)).OldestAge);
    }

    [Fact]
    public async Task A_purge_leaves_what_is_in_hand_and_other_queues()
    {
        await StoreAsync(_names.QueueSubject(Queue, 0), 1_203);
        await StoreAsync(_names.QueueSubject(Queue, 2), 5);
        await StoreAsync(_names.QueueSubject("other", 0), 1);
        await StoreAsync(_names.DelaySubject("s1", Queue, 0), 2);
        await StoreAsync(_names.DelaySubject("s1", "other", 0), 1);
        var inHand = await TakeAsync(0, 3);

        Assert.Equal(1_200 + 5 + 2, await _state.PurgeAsync(Queue, Token));

        var depth = await _state.GetDepthAsync(Queue, Token);
        Assert.Equal((0, 3, 0), (depth.Waiting, depth.InFlight, depth.Delayed));
        Assert.Equal(3, (await _jetStream.GetStreamAsync(_names.QueueStream(Queue), cancellationToken: Token))!.Messages);
        var other = await _state.GetDepthAsync("other", Token);
        Assert.Equal((1, 1), (other.Waiting, other.Delayed));
        foreach (var delivery in inHand)
        {
            await _jetStream.AcknowledgeAsync(delivery, Token);
        }

        Assert.Equal(0, (await _state.GetDepthAsync(Queue, Token)).InFlight);
    }

    // As a deferral and a promotion do: stored there, then no longer here.
    private async Task MoveAsync(bool isDelayed)
    {
        if (isDelayed)
        {
            await StoreAsync(_names.QueueSubject(Queue, 0), 1);
            await _jetStream.PurgeAsync(_names.DelayStream, null, Token);
        }
        else
        {
            await StoreAsync(_names.DelaySubject("s1", Queue, 0), 1);
            await _jetStream.AcknowledgeAsync(Assert.Single(await TakeAsync(0, 1)), Token);
        }
    }

    private async Task<IReadOnlyList<byte[]>> TakeAsync(int level, int count) =>
        await WaitingMessages.TakeAsync(_client, _jetStream.NextMessageSubject(_names.QueueStream(Queue), NatsNames.Consumer(level)), count, TimeProvider.System, Token);

    private async Task<DateTimeOffset> StoredAtAsync(ulong place) =>
        (await _jetStream.GetMessageAsync(_names.QueueStream(Queue), place, null, Token))!.Time;

    private Task StoreAsync(string subject, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(async _ => Assert.True((await _jetStream.PublishAsync(subject, default, "x"u8.ToArray(), Token)).Ack.IsStored)));
}
