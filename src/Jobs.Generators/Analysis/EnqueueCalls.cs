using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Analysis;

/// <summary>Recognises what enqueues: by what it returns, so that wrappers count too.</summary>
internal static class EnqueueCalls
{
    /// <summary>True for a task that ends with the handle, or the handles, of what was enqueued.</summary>
    public static bool IsEnqueue(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeArguments: [INamedTypeSymbol result] } task
        && IsTask(task)
        && (result.IsOurs("JobHandle")
            || (result.Is("System.Collections.Generic", "IReadOnlyList") && result.TypeArguments is [var item] && item.IsOurs("JobHandle")));

    /// <summary>True for <c>JobHandle&lt;T&gt;.ResultAsync</c>.</summary>
    public static bool IsResult(IMethodSymbol method) => method.Name == "ResultAsync" && method.ContainingType.IsOurs("JobHandle");

    private static bool IsTask(ITypeSymbol type) => type.Is("System.Threading.Tasks", "ValueTask") || type.Is("System.Threading.Tasks", "Task");
}
