using Jobs.Generators.Analysis;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Walks from a payload's root to everything it reaches. The generator and the analyzer use the same walk, so that they cannot disagree.</summary>
internal sealed class PayloadWalker(ISymbol? owner, Compilation compilation, PayloadSink? sink, CancellationToken cancellationToken)
{
    // Only a generic type that contains itself with an ever longer argument comes near this.
    private const int DeepestNesting = 64;

    private readonly JsonContexts _contexts = JsonContexts.Of(owner);
    private readonly Dictionary<TypeRef, int> _indexes = [];
    private readonly List<PayloadShape?> _shapes = [];
    private int _depth;
    private bool _isEndless;

    /// <summary>True once something cannot be serialized.</summary>
    public bool HasFailed { get; private set; }

    public Compilation Compilation => compilation;

    /// <summary>The collections and objects met; only if nothing failed.</summary>
    public EquatableArray<PayloadShape> Shapes => _shapes.Select(shape => shape!).ToEquatableArray();

    /// <summary>Records that a payload cannot be serialized.</summary>
    public void Fail(ISymbol? symbol, string path, ITypeSymbol type, string reason)
    {
        HasFailed = true;

        // A type that does not exist is the compiler's to report.
        if (type.TypeKind != TypeKind.Error)
        {
            sink?.Invoke(new PayloadProblem(symbol, path, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), reason));
        }
    }

    /// <summary>Records that a payload can be serialized, but does not carry what its author means.</summary>
    public void Warn(DiagnosticDescriptor rule, ISymbol? symbol, string path, ITypeSymbol type) =>
        sink?.Invoke(new PayloadProblem(symbol, path, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), "", rule));

    /// <summary>Walks a value of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="symbol">The parameter or property that has the type.</param>
    public ValueModel? Walk(ITypeSymbol type, string path, ISymbol? symbol)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isEndless)
        {
            return null;
        }

        var core = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
        if (ScalarTypes.Find(core) is { } scalar)
        {
            if (scalar == ValueKind.DateTime)
            {
                Warn(JobDiagnostics.DateTimePayload, symbol, path, core);
            }

            return new ValueModel { Type = TypeRef.Of(type), Kind = scalar };
        }

        if ((UnsupportedTypes.Explain(core, compilation) ?? ExplainService(core, symbol)) is { } reason)
        {
            if (_contexts.FindFor(core) is { } context)
            {
                return new ValueModel { Type = TypeRef.Of(type), Kind = ValueKind.Delegated, Context = context, Cases = JsonAttributes.FindCases(core) };
            }

            Fail(symbol, path, core, reason + _contexts.Remedy(core));
            return null;
        }

        if (core is INamedTypeSymbol { EnumUnderlyingType: { } underlying })
        {
            return ScalarTypes.Find(underlying) is { } number ? new ValueModel { Type = TypeRef.Of(type), Kind = number, IsEnum = true } : null;
        }

        return new ValueModel { Type = TypeRef.Of(type), Kind = ValueKind.Shape, Shape = FindShape(core, path, symbol) };
    }

    // As for parameters: a service that hides in a payload would travel as whatever its properties happen to be.
    private static string? ExplainService(ITypeSymbol type, ISymbol? symbol) =>
        (type.IsDisposable || type.IsAsyncDisposable) && symbol?.FindAttribute("PayloadAttribute") is null ? "it is disposable, as a service is" : null;

    private int FindShape(ITypeSymbol type, string path, ISymbol? symbol)
    {
        var key = TypeRef.Of(type) with { IsNullable = false };
        if (!_indexes.TryGetValue(key, out var index))
        {
            // The place is taken before the walk goes on: the type may contain itself.
            index = _shapes.Count;
            _indexes.Add(key, index);
            _shapes.Add(null);
            _depth++;
            if (_depth > DeepestNesting)
            {
                _isEndless = true;
                Fail(symbol, path, type, "its types nest without end");
            }
            else
            {
                _shapes[index] = ParseShape(type, key, path, symbol);
            }

            _depth--;
        }

        return index;
    }

    private PayloadShape? ParseShape(ITypeSymbol type, TypeRef key, string path, ISymbol? symbol)
    {
        if (type is IArrayTypeSymbol array)
        {
            return ParseCollection(CollectionKind.Array, key, array.ElementType, path + "[]", symbol);
        }

        var named = (INamedTypeSymbol)type;
        if (CollectionTypes.Find(named) is not { } kind)
        {
            return ObjectParser.Parse(named, key, path, symbol, this);
        }

        if (!CollectionTypes.IsDictionary(kind))
        {
            return ParseCollection(kind, key, named.TypeArguments[0], path + "[]", symbol);
        }

        var shape = ParseCollection(kind, key, named.TypeArguments[1], path + "[]", symbol);
        if (Walk(named.TypeArguments[0], path, symbol) is { } name && IsName(name))
        {
            return shape is null ? null : shape with { Key = name };
        }

        Fail(symbol, path, named.TypeArguments[0], "the keys of a dictionary must be strings, integers, Guids or enums");
        return null;
    }

    private static bool IsName(ValueModel key) => !key.Type.IsNullable
        && (key.IsEnum || key.Kind is ValueKind.String or ValueKind.Guid or (>= ValueKind.SByte and <= ValueKind.UInt64));

    private CollectionShape? ParseCollection(CollectionKind kind, TypeRef type, ITypeSymbol element, string path, ISymbol? symbol) =>
        Walk(element, path, symbol) is { } value ? new CollectionShape { Type = type, Kind = kind, Element = value } : null;
}
