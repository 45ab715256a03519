using Jobs.Brokers;

namespace Jobs.Tests.Scenarios;

/// <summary>One settlement and its answer.</summary>
internal readonly record struct Settled(JobId Id, SettleKind Kind, SettleResult Result, string? Reason, string? FailureType, DateTimeOffset? Due);
