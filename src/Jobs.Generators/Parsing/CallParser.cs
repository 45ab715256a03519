using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Finds how a worker calls a method.</summary>
internal static class CallParser
{
    /// <summary>Parses the call of a job's method on an instance of a class, which declares it or implements its contract.</summary>
    public static CallModel Parse(IMethodSymbol method, JobSignature signature, PayloadModel payload, PayloadTypeModel? checkpoint, INamedTypeSymbol instance, Compilation compilation)
    {
        var arguments = new List<ArgumentModel>();
        var travelling = 0;
        for (var i = 0; i < method.Parameters.Length; i++)
        {
            arguments.Add(signature.Kinds[i] switch
            {
                ArgumentKind.Payload when signature.BatchItem is not null => new ArgumentModel(ArgumentKind.Payload),
                ArgumentKind.Payload => Payload(method.Parameters[i], payload.Members[travelling++]),
                ArgumentKind.Service => new ArgumentModel(ArgumentKind.Service, Service: ServiceParser.Parse(method.Parameters[i], compilation)),
                var kind => new ArgumentModel(kind),
            });
        }

        return new CallModel
        {
            Target = TypeRef.Of(method.ContainingType).Name,
            MethodName = method.Name,
            Returns = signature.Returns,
            ResultType = signature.Result is null ? null : TypeRef.Of(signature.Result).FullName,
            BatchItemType = signature.BatchItem is null ? null : TypeRef.Of(signature.BatchItem).FullName,
            Instance = method.IsStatic ? null : InstanceParser.Parse(instance, compilation),
            Checkpoint = checkpoint,
            Arguments = arguments.ToEquatableArray(),
        };
    }

    private static ArgumentModel Payload(IParameterSymbol parameter, PayloadMember member) => new(
        ArgumentKind.Payload,
        member.PropertyName,
        IsForgiven: member.Type.IsNullable && parameter.Type is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.NotAnnotated });
}
