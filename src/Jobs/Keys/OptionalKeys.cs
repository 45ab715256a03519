namespace Jobs.Keys;

/// <summary>The host's keys, for those that can do without them.</summary>
/// <param name="Keys">Null without a store.</param>
internal sealed record OptionalKeys(JobKeys? Keys);
