using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes how services and instances come from the container, here a variable called <c>services</c>.</summary>
internal static class ServiceEmitter
{
    private const string Extensions = "global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions";
    private const string KeyedExtensions = "global::Microsoft.Extensions.DependencyInjection.ServiceProviderKeyedServiceExtensions";

    /// <summary>The requirements that a worker checks when it starts.</summary>
    public static IEnumerable<string> Requirements(CallModel call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Service is { IsProvider: false } service)
            {
                yield return Requirement(service, null);
            }
        }

        if (call.Instance is { MustBeRegistered: true } registered)
        {
            yield return $"new global::Jobs.Definitions.ServiceRequirement(typeof({registered.Type}), \"this\"),";
        }

        foreach (var service in call.Instance?.Constructor ?? [])
        {
            if (!service.IsProvider)
            {
                yield return Requirement(service, call.Instance!.Type);
            }
        }
    }

    /// <summary>An expression for the instance; registered, or made.</summary>
    public static string Instance(InstanceModel instance) => instance.MustBeRegistered
        ? $"{Extensions}.GetRequiredService<{instance.Type}>(services)"
        : $"({instance.Type}?)services.GetService(typeof({instance.Type})) ?? {New(instance)}";

    public static string New(InstanceModel instance) => $"new {instance.Type}({string.Join(", ", instance.Constructor.Select(Resolve))})";

    public static string Resolve(ServiceModel service)
    {
        if (service.IsProvider)
        {
            return "services";
        }

        var (extensions, keyed, key) = service.Key is null ? (Extensions, "", "") : (KeyedExtensions, "Keyed", $", {service.Key}");
        if (!service.IsOptional)
        {
            return $"{extensions}.GetRequired{keyed}Service<{service.Type}>(services{key})";
        }

        // Unboxed as nullable, so that a missing value type is told from its default.
        var found = service.IsValueType && service.Key is null
            ? $"({service.Type}?)services.GetService(typeof({service.Type}))"
            : $"{extensions}.Get{keyed}Service<{service.Type}>(services{key})";
        return service.Default is null ? $"{found}!" : $"({found} ?? {service.Default})";
    }

    private static string Requirement(ServiceModel service, string? unlessRegistered)
    {
        var optional = service.IsOptional ? ", IsOptional: true" : "";
        var key = service.Key is null ? "" : $", Key: {service.Key}";
        var unless = unlessRegistered is null ? "" : $", UnlessRegistered: typeof({unlessRegistered})";
        return $"new global::Jobs.Definitions.ServiceRequirement(typeof({service.Type}), {Literal.Of(service.ParameterName)}{optional}{key}{unless}),";
    }
}
