using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Shipped;

/// <summary>One version of a job, as <c>Jobs.Shipped.txt</c> records it.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="Version">The version of the payload.</param>
/// <param name="Members">The members of the payload and of the result.</param>
/// <param name="Lines">Where it stands in the file: its head, and what it consists of.</param>
internal sealed record ShippedJob(string Name, int Version, List<ShippedMember> Members, TextSpan Lines)
{
    /// <summary>Where its head stands.</summary>
    public required TextSpan Head { get; init; }

    /// <summary>As the file has it, without a line break at the end.</summary>
    public static string Write(string name, int version, IEnumerable<ShippedMember> members) =>
        string.Join("\n", members.Select(static m => $"  {m}").Prepend(FormattableString.Invariant($"{name} v{version}")));
}
