using Jobs.Stores;

namespace Jobs.Hosting;

/// <summary>The host's store, for those that can do without one.</summary>
internal sealed record OptionalStore(IJobStore? Store);
