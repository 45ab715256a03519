using Microsoft.Extensions.Configuration;

namespace Jobs.Hosting.Configuration;

/// <summary>A map or a list: any keys, every value of one shape.</summary>
internal sealed class EachShape(SectionShape item, string kind) : SectionShape
{
    /// <summary>The shape of a value.</summary>
    public SectionShape Item => item;

    public override void Check(IConfigurationSection section, ICollection<string> problems)
    {
        if (HasChildren(section, kind, problems))
        {
            foreach (var child in section.GetChildren())
            {
                item.Check(child, problems);
            }
        }
    }
}
