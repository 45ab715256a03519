using System.Collections.Immutable;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Jobs.Generators;

/// <summary>Generates clients, args, definitions and handlers of <c>[Job]</c> methods: one file per declaring type, and one that registers all.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class JobGenerator : IIncrementalGenerator
{
    private const int CSharp14 = 1400;

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var jobs = context.SyntaxProvider
            .ForAttributeWithMetadataName("Jobs.JobAttribute", static (node, _) => node is MethodDeclarationSyntax, ParseJob)
            .WithTrackingName(TrackingNames.Jobs)
            .Collect();
        var clients = jobs
            .SelectMany(static (all, _) => ClientGrouping.Group(ClientResolver.Resolve(all)))
            .WithTrackingName(TrackingNames.Clients);
        var clientNames = clients
            .Select(static (client, _) => client.Type.ClientFullName)
            .Collect()
            .Select(static (all, _) => all.ToEquatableArray())
            .WithTrackingName(TrackingNames.ClientNames);
        var handlers = context.SyntaxProvider
            .ForAttributeWithMetadataName("Jobs.JobHandlerAttribute", static (node, _) => node is TypeDeclarationSyntax, ParseHandlerClass)
            .Combine(clientNames)
            .Select(static (all, _) => all.Left is null ? null : ClientResolver.Resolve(all.Left, all.Right))
            .WithTrackingName(TrackingNames.Handlers);
        var language = context.ParseOptionsProvider
            .Select(static (options, _) => options is CSharpParseOptions { LanguageVersion: var version } && (int)version >= CSharp14)
            .WithTrackingName(TrackingNames.Language);
        var assembly = context.CompilationProvider
            .Select(static (compilation, _) => compilation.AssemblyName ?? "")
            .WithTrackingName(TrackingNames.Assembly);

        var sources = clients.Combine(language).WithTrackingName(TrackingNames.ClientSources);
        var registration = jobs.Combine(clientNames).Combine(handlers.Collect()).Combine(assembly)
            .Select(static (all, _) => Register(all.Left.Left.Left, all.Left.Left.Right, all.Left.Right, all.Right))
            .WithTrackingName(TrackingNames.Registration);

        context.RegisterSourceOutput(sources, static (output, client) =>
            output.AddSource(client.Left.HintName, ClientEmitter.Emit(client.Left, hasExtensionMembers: client.Right)));
        context.RegisterSourceOutput(handlers, static (output, handler) =>
        {
            if (handler is not null)
            {
                output.AddSource(handler.HintName, HandlerClassEmitter.Emit(handler));
            }
        });
        context.RegisterSourceOutput(registration, static (output, model) =>
        {
            if (model is not null)
            {
                output.AddSource(RegistrationEmitter.HintName, RegistrationEmitter.Emit(model));
            }
        });
    }

    private static ParsedJob? ParseJob(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken) =>
        context.TargetSymbol is IMethodSymbol method ? JobParser.Parse(method, context.SemanticModel.Compilation, null, cancellationToken) : null;

    private static HandlerClassModel? ParseHandlerClass(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken) =>
        context.TargetSymbol is INamedTypeSymbol type ? HandlerClassParser.Parse(type, context.SemanticModel.Compilation, null, cancellationToken) : null;

    // Also for jobs that could not be parsed: an error in one of them must not take the method away that the host calls.
    private static RegistrationModel? Register(
        ImmutableArray<ParsedJob?> jobs, EquatableArray<string> clients, ImmutableArray<HandlerClassModel?> handlers, string assembly)
    {
        if (jobs.IsEmpty && handlers.IsEmpty)
        {
            return null;
        }

        var types = clients.Concat(handlers.OfType<HandlerClassModel>().Select(static h => GeneratedFile.FullName(h.Namespace, h.Name)));
        return new RegistrationModel(assembly, types.ToEquatableArray());
    }
}
