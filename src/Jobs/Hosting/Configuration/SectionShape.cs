using Microsoft.Extensions.Configuration;

namespace Jobs.Hosting.Configuration;

/// <summary>What a part of the configuration must look like. The binder ignores what it does not know; this finds it.</summary>
internal abstract class SectionShape
{
    /// <summary>Adds a message for everything wrong in a section.</summary>
    public abstract void Check(IConfigurationSection section, ICollection<string> problems);

    // An empty object or array has no children; depending on the provider its value is null or empty.
    private protected static bool HasChildren(IConfigurationSection section, string kind, ICollection<string> problems)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            problems.Add($"{section.Path} must be {kind}, but is '{section.Value}'.");
            return false;
        }

        return true;
    }
}
