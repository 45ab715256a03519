using Jobs.Generators.Analysis;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Decides what a parameter of a job is. The first rule that matches wins.</summary>
internal static class ParameterClassifier
{
    /// <summary>Classifies one parameter.</summary>
    /// <returns>Null if it can be neither payload nor service; why goes to the sink.</returns>
    public static ArgumentKind? Classify(IParameterSymbol parameter, IJobSink? sink)
    {
        if (parameter.RefKind != RefKind.None)
        {
            return Reject(parameter, sink, $"it is passed by reference; remove '{Keyword(parameter.RefKind)}'");
        }

        var kind = Given(parameter.Type) ?? Marked(parameter) ?? OfType(parameter, sink);
        return kind == ArgumentKind.Service && !ServiceParser.CanResolve(parameter.Type) ? Reject(parameter, sink, "no container can hold its type; wrap it in a class") : kind;
    }

    private static ArgumentKind? Marked(IParameterSymbol parameter) =>
        IsMarkedService(parameter) ? ArgumentKind.Service
        : parameter.FindAttribute("PayloadAttribute") is not null ? ArgumentKind.Payload
        : null;

    private static bool IsMarkedService(IParameterSymbol parameter) => parameter.GetAttributes().Any(static a =>
        a.AttributeClass is { } type
        && (type.IsOurs("ServiceAttribute")
            || type.Is("Microsoft.Extensions.DependencyInjection", "FromKeyedServicesAttribute")
            || type.Name == "FromServicesAttribute"));

    private static ArgumentKind? OfType(IParameterSymbol parameter, IJobSink? sink)
    {
        if (Known(parameter.Type) is { } known)
        {
            return known;
        }

        if (MayBeClient(parameter.Type))
        {
            return ArgumentKind.Service;
        }

        if (Unsupported(parameter.Type) is { } reason)
        {
            return Reject(parameter, sink, reason);
        }

        if (LooksLikeService(parameter.Type) is { } looks)
        {
            sink?.Report(JobDiagnostics.AmbiguousService, parameter, parameter.Name, parameter.Type.ToDisplayString(), looks);
            return null;
        }

        return IsService(parameter.Type) ? ArgumentKind.Service : ArgumentKind.Payload;
    }

    private static ArgumentKind? Given(ITypeSymbol type) =>
        type.Is("System.Threading", "CancellationToken") ? ArgumentKind.CancellationToken
        : type.IsOurs("JobContext") ? ArgumentKind.JobContext
        : type.IsOurs("JobBatch") ? ArgumentKind.JobBatch
        : type is INamedTypeSymbol { TypeArguments.Length: 1 } && type.IsOurs("JobCheckpoint") ? ArgumentKind.JobCheckpoint
        : null;

    private static ArgumentKind? Known(ITypeSymbol type) =>
        type.Is("System", "IServiceProvider") || type.Is("System", "TimeProvider") ? ArgumentKind.Service : null;

    // In this assembly a client does not exist yet, so that any unknown type may be one.
    private static bool MayBeClient(ITypeSymbol type) => ClientReferenceParser.Unknown(type) is not null || type.IsGeneratedHere;

    private static string? Unsupported(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Delegate } => "a delegate cannot travel; pass what it decides on, or mark it [Service]",
        { TypeKind: TypeKind.TypeParameter } => "its type is open; declare it with a type of its own",
        { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => "a pointer cannot travel; pass a copy of what it points to",
        { TypeKind: TypeKind.Dynamic } or { SpecialType: SpecialType.System_Object } => "its type does not say what travels; declare a record",
        { IsRefLikeType: true } => "a ref struct cannot leave the stack; use an array or ReadOnlyMemory<byte>",
        { IsTupleType: true } => "the names of a tuple's members are lost; declare a record",
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var value] } =>
            value.Is("System.Threading", "CancellationToken") ? "a token cannot be null; write CancellationToken token = default" : Unsupported(value),
        _ when type.Inherits("System.IO", "Stream") => "a stream cannot travel; store the content and pass its key, or pass a byte[]",
        _ when type.Is("System", "Type") => "a type cannot travel; pass its name or an enum",
        _ when type.Inherits("System.Threading.Tasks", "Task") || type.Is("System.Threading.Tasks", "ValueTask") => "a task cannot travel; await it and pass its result",
        _ when type.Is("System.Collections.Generic", "IAsyncEnumerable") => "an asynchronous sequence cannot travel; pass a list, or what to query for",
        _ when type.Implements("System.Linq", "IQueryable") => "a query cannot travel; pass what to query for",
        _ when type.Name is "HttpContext" or "HttpRequest" or "HttpResponse" && type.Is("Microsoft.AspNetCore.Http", type.Name) => "a request is over before the job runs; pass the values that the job needs",
        _ => null,
    };

    // Interfaces are exempt: they cannot be mistaken for payload, so nothing is lost by taking them for services.
    private static string? LooksLikeService(ITypeSymbol type) => type.TypeKind == TypeKind.Interface ? null
        : type.IsDisposable || type.IsAsyncDisposable ? "it is disposable"
        : type is { TypeKind: TypeKind.Class, IsAbstract: true } && !IsPolymorphic(type) ? "it is abstract"
        : null;

    private static bool IsPolymorphic(ITypeSymbol type) =>
        type.FindAttribute("System.Text.Json.Serialization", "JsonPolymorphicAttribute") is not null
        || type.FindAttribute("System.Text.Json.Serialization", "JsonDerivedTypeAttribute") is not null;

    private static bool IsService(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Interface } named)
        {
            return false;
        }

        // A collection travels if its elements do: IEnumerable<IPlugin> is a service, IEnumerable<Order> is not.
        var isCollection = named.Is("System.Collections.Generic", named.Name) || named.Is("System.Collections.Immutable", named.Name);
        return !isCollection || named.TypeArguments.Length == 0 || IsServiceElement(named.TypeArguments[named.TypeArguments.Length - 1]);
    }

    private static bool IsServiceElement(ITypeSymbol type) =>
        type.TypeKind != TypeKind.Error && (Known(type) is not null || Unsupported(type) is not null || LooksLikeService(type) is not null || IsService(type));

    private static ArgumentKind? Reject(IParameterSymbol parameter, IJobSink? sink, string reason)
    {
        // Of a type that does not exist the compiler has told already.
        if (parameter.Type.TypeKind != TypeKind.Error)
        {
            sink?.Report(JobDiagnostics.UnsupportedParameter, parameter, parameter.Name, parameter.Type.ToDisplayString(), reason);
        }

        return null;
    }

    private static string Keyword(RefKind kind) => kind switch
    {
        RefKind.Out => "out",
        RefKind.In => "in",
        RefKind.RefReadOnlyParameter => "ref readonly",
        _ => "ref",
    };
}
