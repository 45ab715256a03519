using System.Collections.Immutable;
using Jobs.Generators.Analysis;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Reads what a method takes and returns.</summary>
internal static class SignatureParser
{
    /// <summary>True if generated code can call the method at all.</summary>
    public static bool IsCallable(IMethodSymbol method, IJobSink? sink)
    {
        if (method.IsGenericMethod)
        {
            sink?.Report(JobDiagnostics.GenericJob, method, method.Name);
            return false;
        }

        if (method.IsExtern)
        {
            sink?.Report(JobDiagnostics.MisplacedJob, method, "an extern method");
            return false;
        }

        if (method.MethodKind != MethodKind.Ordinary || !method.IsReachable)
        {
            // Of a type that cannot be reached the parser of types has told.
            if (method.ContainingType.IsReachable)
            {
                sink?.Report(JobDiagnostics.InaccessibleJob, method, method.Name);
            }

            return false;
        }

        return true;
    }

    /// <summary>Parses the signature.</summary>
    /// <returns>Null if a part of it is not supported; why goes to the sink.</returns>
    public static JobSignature? Parse(IMethodSymbol method, IJobSink? sink)
    {
        var kinds = Classify(method, sink);
        var returns = ParseReturn(method, sink);
        if (kinds is not { } known || returns is not var (kind, result))
        {
            return null;
        }

        var payload = method.Parameters.Where((_, i) => known[i] == ArgumentKind.Payload).ToImmutableArray();
        if (method.FindAttribute("BatchAttribute") is null)
        {
            if (known.Contains(ArgumentKind.JobBatch))
            {
                sink?.Report(JobDiagnostics.InvalidBatch, method, "a JobBatch needs [Batch] on the method");
                return null;
            }

            return new JobSignature(known, payload, kind, result, null, method.Parameters.Where((_, i) => known[i] == ArgumentKind.JobCheckpoint).FirstOrDefault());
        }

        if (known.Contains(ArgumentKind.JobCheckpoint))
        {
            sink?.Report(JobDiagnostics.InvalidBatch, method, "a batch has no checkpoint, for its items may meet others in the next run; remove the JobCheckpoint, or [Batch]");
            return null;
        }

        var item = ParseBatchItem(method, known, payload, result, sink);
        return item is null ? null : new JobSignature(known, payload, kind, null, item, null);
    }

    private static ImmutableArray<ArgumentKind>? Classify(IMethodSymbol method, IJobSink? sink)
    {
        var kinds = ImmutableArray.CreateBuilder<ArgumentKind>(method.Parameters.Length);
        foreach (var parameter in method.Parameters)
        {
            if (ParameterClassifier.Classify(parameter, sink) is not { } kind)
            {
                continue;
            }

            if (kind is not (ArgumentKind.Payload or ArgumentKind.Service) && kinds.Contains(kind))
            {
                sink?.Report(JobDiagnostics.RepeatedParameter, parameter, parameter.Name, parameter.Type.Name);
                continue;
            }

            kinds.Add(kind);
        }

        return kinds.Count == method.Parameters.Length ? kinds.MoveToImmutable() : null;
    }

    private static (ReturnKind Kind, ITypeSymbol? Result)? ParseReturn(IMethodSymbol method, IJobSink? sink)
    {
        var type = method.ReturnType;
        if (type.TypeKind == TypeKind.Error)
        {
            // The compiler has told already.
            return null;
        }

        if (method is { ReturnsVoid: true, IsAsync: true } || method.ReturnsByRef || method.ReturnsByRefReadonly)
        {
            sink?.Report(JobDiagnostics.UnsupportedReturnType, method, method.Name, type.ToDisplayString());
            return null;
        }

        return type switch
        {
            _ when method.ReturnsVoid => (ReturnKind.Nothing, null),
            INamedTypeSymbol task when task.Is("System.Threading.Tasks", "Task") =>
                task.TypeArguments is [var result] ? (ReturnKind.TaskOfValue, result) : (ReturnKind.Task, null),
            INamedTypeSymbol task when task.Is("System.Threading.Tasks", "ValueTask") =>
                task.TypeArguments is [var result] ? (ReturnKind.ValueTaskOfValue, result) : (ReturnKind.ValueTask, null),
            _ => (ReturnKind.Value, type),
        };
    }

    private static ITypeSymbol? ParseBatchItem(
        IMethodSymbol method, ImmutableArray<ArgumentKind> kinds, ImmutableArray<IParameterSymbol> payload, ITypeSymbol? result, IJobSink? sink)
    {
        var item = kinds is [ArgumentKind.Payload, ..] && payload.Length == 1 ? Item(payload[0].Type) : null;
        var problem =
            item is null ? "the first parameter, and no other, holds the items: IReadOnlyList<T> or T[]"
            : item.NullableAnnotation == NullableAnnotation.Annotated ? "an item is never null; remove the '?'"
            : result is not null ? "a batch has no result; return Task, ValueTask or void"
            : null;
        if (problem is null)
        {
            return item;
        }

        if (method.Parameters is [{ Type.TypeKind: TypeKind.Error }, ..])
        {
            // The compiler has told already.
            return null;
        }

        sink?.Report(JobDiagnostics.InvalidBatch, method, problem);
        return null;
    }

    private static ITypeSymbol? Item(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
        INamedTypeSymbol { TypeArguments: [var item] } list when list.Is("System.Collections.Generic", "IReadOnlyList") => item,
        _ => null,
    };
}
