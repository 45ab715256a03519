using Jobs.Generators.Analysis;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Turns a <c>[Job]</c> method into a model. Total: whatever the source, it answers or returns null, and never throws.</summary>
internal static class JobParser
{
    /// <summary>Parses one method.</summary>
    /// <returns>Null if nothing can be generated of it; why goes to the sink.</returns>
    public static ParsedJob? Parse(IMethodSymbol method, Compilation compilation, IJobSink? sink, CancellationToken cancellationToken)
    {
        method = method.PartialDefinitionPart ?? method;
        if (method.FindAttribute("JobAttribute") is not { } attribute)
        {
            return null;
        }

        var type = DeclaringTypeParser.Parse(method, compilation, sink);
        var isCallable = SignatureParser.IsCallable(method, sink);
        var name = ParseName(method, attribute, sink);
        if (type is null || !isCallable || name is null)
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var signature = SignatureParser.Parse(method, sink);
        if (signature is null)
        {
            return null;
        }

        var payload = ParsePayload(method, signature, compilation, sink, cancellationToken);
        var result = ParseResult(method, signature, compilation, sink, cancellationToken);
        var checkpoint = ParseCheckpoint(method, signature, compilation, sink, cancellationToken);
        if (payload is null || (result is null && signature.Result is not null) || (checkpoint is null && signature.Checkpoint is not null))
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var settings = new PolicyParser(method, attribute, sink);
        var version = settings.Version();
        var policy = settings.Parse();
        if (policy.Timeout is not null && !signature.Kinds.Any(static k => k is ArgumentKind.CancellationToken or ArgumentKind.JobContext))
        {
            sink?.Report(JobDiagnostics.MissingToken, method, method.Name);
        }

        var batch = ParseBatch(method, signature, settings, compilation, sink, cancellationToken);
        var job = new JobModel
        {
            Name = name,
            Aliases = AliasParser.Parse(method, attribute, name, sink),
            Version = version,
            Upcasts = new UpcastParser(method, version, compilation, sink, cancellationToken).Parse(),
            Queue = settings.Queue(),
            Policy = policy,
            Batch = batch,
            Key = new KeyTemplateParser(method, signature, sink).Parse(attribute.Named<string>("Key")),
            Claims = new ClaimParser(method, signature, sink).Parse(batch?.Size),
            Schedules = new ScheduleParser(method, name, sink).Parse(payload, signature.BatchItem is not null),
            MethodName = method.Name,
            Location = Location(method.ContainingType, method),
            ArgsName = JobNames.Args(method),
            IsPublic = IsPublic(method, signature),
            Payload = payload,
            Result = result,
            Checkpoint = checkpoint,
            Call = method.ContainingType.TypeKind == TypeKind.Interface ? null : CallParser.Parse(method, signature, payload, checkpoint, method.ContainingType, compilation),
            Documentation = DocumentationParser.Parse(method, cancellationToken),
        };
        return signature.BatchItem is not null && job.Batch is null ? null : new ParsedJob(type, job, ClientReferenceParser.Parse(method, compilation));
    }

    /// <summary>A method of a type as error messages name it.</summary>
    public static string Location(INamedTypeSymbol type, IMethodSymbol method) =>
        $"{type.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat)}.{method.Name}";

    // A batch has none: its args wrap the item.
    private static PayloadModel? ParsePayload(IMethodSymbol method, JobSignature signature, Compilation compilation, IJobSink? sink, CancellationToken cancellationToken)
    {
        if (signature.BatchItem is not null)
        {
            return PayloadParser.Parse([], compilation, null, cancellationToken);
        }

        var payload = PayloadParser.Parse(signature.Payload, compilation, Report(JobDiagnostics.UnserializablePayload, method, sink), cancellationToken);
        return payload is not null && HasUsableNames(method, payload, sink) ? payload : null;
    }

    private static PayloadTypeModel? ParseResult(IMethodSymbol method, JobSignature signature, Compilation compilation, IJobSink? sink, CancellationToken cancellationToken)
    {
        return signature.Result is null
            ? null
            : PayloadParser.ParseType(signature.Result, method, compilation, Report(JobDiagnostics.UnserializableResult, method, sink), cancellationToken);
    }

    private static PayloadTypeModel? ParseCheckpoint(IMethodSymbol method, JobSignature signature, Compilation compilation, IJobSink? sink, CancellationToken cancellationToken) =>
        signature.Checkpoint is { Type: INamedTypeSymbol { TypeArguments: [var type] } } parameter
            ? PayloadParser.ParseType(type, method, compilation, Report(JobDiagnostics.UnserializableCheckpoint, method, sink), cancellationToken, parameter)
            : null;

    private static BatchModel? ParseBatch(
        IMethodSymbol method, JobSignature signature, PolicyParser settings, Compilation compilation, IJobSink? sink, CancellationToken cancellationToken)
    {
        if (signature.BatchItem is not { } item || method.FindAttribute("BatchAttribute") is not { } attribute)
        {
            return null;
        }

        var (size, window) = settings.Batch(attribute);
        var model = PayloadParser.ParseType(item, method, compilation, Report(JobDiagnostics.UnserializablePayload, method, sink), cancellationToken);
        if (model is null)
        {
            return null;
        }

        // The item takes the place of the args, and those are an object on the wire.
        if (model.Value.Kind != ValueKind.Shape || model.Shapes[model.Value.Shape] is not ObjectShape)
        {
            sink?.Report(JobDiagnostics.InvalidBatch, method, "an item is of a type with members; declare a record");
            return null;
        }

        return new BatchModel(size, window, model);
    }

    private static string? ParseName(IMethodSymbol method, AttributeData attribute, IJobSink? sink)
    {
        var name = JobNames.Job(method, attribute);
        var args = JobNames.Args(method);
        var invalid = !JobNames.IsValid(name) ? name : !Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier(args) ? args : null;
        if (invalid is null)
        {
            return name;
        }

        sink?.Report(JobDiagnostics.InvalidName, method, invalid);
        return null;
    }

    // A record declares these members itself, and a type cannot have a member of its own name.
    private static bool HasUsableNames(IMethodSymbol method, PayloadModel payload, IJobSink? sink)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal)
        {
            JobNames.Args(method), "Clone", "Deconstruct", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers", "ToString",
        };
        var isUsable = true;
        foreach (var member in payload.Members)
        {
            if (!taken.Add(member.PropertyName))
            {
                sink?.Report(JobDiagnostics.CollidingName, method, member.PropertyName, member.Name);
                isUsable = false;
            }
        }

        return isUsable;
    }

    private static bool IsPublic(IMethodSymbol method, JobSignature signature) =>
        method.IsPublicEverywhere
        && signature.Payload.All(static p => Reachability.IsPublic(p.Type))
        && (signature.Result is null || Reachability.IsPublic(signature.Result))
        && (signature.BatchItem is null || Reachability.IsPublic(signature.BatchItem));

    private static PayloadSink? Report(DiagnosticDescriptor rule, IMethodSymbol method, IJobSink? sink) =>
        sink is null ? null : problem => sink.Report(problem.Rule ?? rule, problem.Symbol ?? method, problem.Path, problem.Type, problem.Reason);
}
