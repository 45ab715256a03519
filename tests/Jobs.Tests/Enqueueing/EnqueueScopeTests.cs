using Jobs.Enqueueing;
using Jobs.Messages;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;

namespace Jobs.Tests.Enqueueing;

public sealed class EnqueueScopeTests : IAsyncDisposable
{
    private readonly TestHost _host = TestHost.Create(jobs => jobs.AddDefinition(NumberArgs.Definition).AddDefinition(TagsArgs.Definition));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<EnqueueScope> EnterAsync(EnqueueOptions? parent = null)
    {
        await _host.EnqueueAsync(new NumberArgs(0), parent ?? new() { Id = JobId.Parse("p") });
        var message = _host.Broker.Sent[^1];
        _host.Broker.Sent.Clear();
        return new EnqueueScope(message);
    }

    [Fact]
    public async Task Jobs_are_held_with_ids_of_their_parents()
    {
        var scope = await EnterAsync();
        EnqueueScope.Current = scope;

        var one = await _host.EnqueueAsync(new NumberArgs(1));
        var chosen = await _host.EnqueueAsync(new NumberArgs(2), new() { Id = JobId.Parse("mine") });
        var many = await _host.EnqueueManyAsync([new NumberArgs(3), new NumberArgs(4)]);

        Assert.Equal(["p/1", "mine", "p/2", "p/3"], [one.ToString(), chosen.ToString(), .. many.Select(handle => handle.ToString())]);
        Assert.Empty(_host.Broker.Sent);
        var held = scope.Complete();
        Assert.NotNull(held);
        Assert.Equal(["p/1", "mine", "p/2", "p/3"], held.Select(message => message.Id.ToString()));
        Assert.All(held, message => Assert.True(message.MayRepeat));
    }

    [Fact]
    public async Task The_next_attempt_gives_the_same_ids()
    {
        EnqueueScope.Current = await EnterAsync();
        var first = await _host.EnqueueAsync(new NumberArgs(1));
        EnqueueScope.Current.Discard();
        EnqueueScope.Current = await EnterInnerAsync();

        Assert.Equal(first, await _host.EnqueueAsync(new NumberArgs(1)));

        async Task<EnqueueScope> EnterInnerAsync()
        {
            EnqueueScope.Current = null;
            return await EnterAsync();
        }
    }

    [Fact]
    public async Task Children_inherit_what_ties_the_tree_together_unless_the_call_says_otherwise()
    {
        var parent = new EnqueueOptions { Id = JobId.Parse("p"), CorrelationId = "request", Tenant = "a" };
        var scope = await EnterAsync(parent);
        EnqueueScope.Current = scope;

        await _host.EnqueueAsync(new NumberArgs(1));
        await _host.EnqueueAsync(new NumberArgs(1), new() { CorrelationId = "own", Tenant = "b" });

        var held = scope.Complete()!;
        Assert.Equal(("p", "p", "request", "a"), Inherited(held[0].Attributes));
        Assert.Equal(("p", "p", "own", "b"), Inherited(held[1].Attributes));
        EnqueueScope.Current = scope = new EnqueueScope(held[0]);
        await _host.EnqueueAsync(new NumberArgs(1));
        Assert.Equal(("p/1", "p", "request", "a"), Inherited(scope.Complete()![0].Attributes));

        static (string?, string?, string?, string?) Inherited(MessageAttributes attributes) =>
            (attributes.ParentId.ToString(), attributes.RootId.ToString(), attributes.CorrelationId, attributes.Tenant);
    }

    [Fact]
    public async Task A_call_may_ask_to_be_sent_at_once()
    {
        var scope = await EnterAsync();
        EnqueueScope.Current = scope;

        var handle = await _host.EnqueueAsync(new NumberArgs(1), new() { SendImmediately = true });
        await _host.EnqueueManyAsync([new NumberArgs(1)], new() { SendImmediately = true });

        Assert.Null(scope.Complete());
        Assert.Equal(handle.Id, _host.Broker.Sent[0].Id);
        Assert.Equal(2, _host.Broker.Sent.Count);
        Assert.True(handle.Id.TryGetUuid(out _));
        Assert.Equal("p", _host.Broker.Sent[0].Attributes.ParentId.ToString());
    }

    [Fact]
    public async Task After_the_run_jobs_are_sent_at_once()
    {
        var scope = await EnterAsync();
        EnqueueScope.Current = scope;
        scope.Complete();

        await _host.EnqueueAsync(new NumberArgs(1));

        Assert.Single(_host.Broker.Sent);
    }

    [Fact]
    public async Task Args_that_can_change_are_taken_as_they_are_at_the_call()
    {
        var scope = await EnterAsync();
        EnqueueScope.Current = scope;
        var tags = new List<string> { "a" };

        var handle = await _host.EnqueueAsync(new TagsArgs(tags));
        tags.Add("b");

        var held = Assert.Single(scope.Complete()!);
        Assert.Equal((handle.Id, true), (held.Id, held.MayRepeat));
        Assert.Equal(["a"], held.ReadArgs(TagsArgs.Definition).Tags);
    }
}
