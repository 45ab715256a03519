using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>The parameters of a client's method: the payload's, then ours under names that the payload left free.</summary>
internal sealed class ClientParameters
{
    private readonly JobModel _job;

    public ClientParameters(JobModel job)
    {
        _job = job;
        Options = Free("options", "enqueueOptions");
        CancellationToken = Free("cancellationToken", "enqueueCancellationToken");
    }

    public string Options { get; }

    public string CancellationToken { get; }

    /// <summary>The declarations of the payload's parameters.</summary>
    public IEnumerable<string> Payload => _job.Batch is { } batch
        ? [$"{batch.Item.Type.FullName} {BatchModel.ParameterName}"]
        : _job.Payload.Members.Select(static m => Declare(m, m.Name));

    /// <summary>The names of the payload's parameters, not escaped.</summary>
    public IEnumerable<string> PayloadNames => _job.Batch is null ? _job.Payload.Members.Select(static m => m.Name) : [BatchModel.ParameterName];

    public static string Declare(PayloadMember member, string name) =>
        $"{member.Type.FullName} {Identifier.Escape(name)}{(member.Default is null ? "" : $" = {member.Default}")}";

    private string Free(params string[] candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!IsPayload(candidate))
            {
                return candidate;
            }
        }

        var last = candidates[candidates.Length - 1];
        while (IsPayload(last))
        {
            last += "_";
        }

        return last;
    }

    private bool IsPayload(string name) => PayloadNames.Contains(name);
}
