using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Generators.Tests.Harness;

/// <summary>One call of a client: the payload as JSON, and the message that a worker would read of it.</summary>
internal sealed record CapturedJob(JobDefinition Definition, string Json, JobMessage Message, EnqueueOptions? Options, CancellationToken CancellationToken);
