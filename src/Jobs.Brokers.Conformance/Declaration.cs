namespace Jobs.Brokers.Conformance;

/// <summary>Reads off a broker what it declares.</summary>
internal static class Declaration
{
    public static HashSet<Capability> Of(IJobBroker broker, BrokerFixture fixture)
    {
        var features = broker.Features;
        var declared = new HashSet<Capability>();
        Add(Capability.DeadLetters, broker is IDeadLetterQueue);
        Add(Capability.ExactBrowsing, broker is IDeadLetterQueue && features.BrowseMode == DeadLetterBrowseMode.Exact);
        Add(Capability.QueueAdmin, broker is IQueueAdmin);
        Add(Capability.ExactDepth, broker is IQueueAdmin && features.HasExactDepth);
        Add(Capability.OldestAge, broker is IQueueAdmin && features.HasOldestAge);
        Add(Capability.Deduplication, features.DedupeWindow > TimeSpan.Zero);
        Add(Capability.Copies, features.InPlaceQueues.Count == 0);
        Add(Capability.Priorities, !fixture.HasNoPriorities);
        Add(Capability.QueueLimits, !fixture.HasNoQueueLimits);
        Add(Capability.Outages, features.IsDurable && !fixture.IsHosted);
        Add(Capability.ConsumerState, fixture.HasConsumerState);
        return declared;

        void Add(Capability capability, bool isDeclared)
        {
            if (isDeclared)
            {
                declared.Add(capability);
            }
        }
    }
}
