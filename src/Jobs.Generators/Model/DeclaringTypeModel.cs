using Jobs.Generators.Emission;

namespace Jobs.Generators.Model;

/// <summary>The class or contract that declares jobs, and how its client is called.</summary>
internal sealed record DeclaringTypeModel
{
    /// <summary>The namespace as source spells it; empty for the global one.</summary>
    public required string Namespace { get; init; }

    /// <summary>The type, from <c>global::</c> on.</summary>
    public required string FullName { get; init; }

    /// <summary>The type's documentation id, for a <c>cref</c> that binds in every context.</summary>
    public required string DocumentationId { get; init; }

    /// <summary>The client's name, not escaped.</summary>
    public required string ClientName { get; init; }

    /// <summary>The client, from <c>global::</c> on.</summary>
    public string ClientFullName => GeneratedFile.FullName(Namespace, ClientName);

    public required bool IsPublic { get; init; }

    /// <summary>The client's name without its suffix: how <c>IJobClient</c> offers it.</summary>
    public string PropertyName =>
        ClientName.Length > 6 && ClientName.EndsWith("Client", StringComparison.Ordinal) ? ClientName.Substring(0, ClientName.Length - 6) : ClientName;
}
