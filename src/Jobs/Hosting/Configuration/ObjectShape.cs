using Microsoft.Extensions.Configuration;

namespace Jobs.Hosting.Configuration;

/// <summary>A section with a known set of members.</summary>
/// <param name="members">The members by name; a null shape leaves the member to someone else.</param>
internal sealed class ObjectShape(IReadOnlyDictionary<string, SectionShape?> members) : SectionShape
{
    private readonly Dictionary<string, SectionShape?> _members = new(members, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of the members.</summary>
    public IEnumerable<string> Names => _members.Keys;

    public override void Check(IConfigurationSection section, ICollection<string> problems)
    {
        if (!HasChildren(section, "a section", problems))
        {
            return;
        }

        foreach (var child in section.GetChildren())
        {
            if (_members.TryGetValue(child.Key, out var shape))
            {
                shape?.Check(child, problems);
            }
            else
            {
                problems.Add($"{child.Path} is not known. {ConfigurationNames.Hint(child.Key, Names)}");
            }
        }
    }
}
