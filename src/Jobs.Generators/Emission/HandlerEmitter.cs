using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the handler of one job: the bridge from its args to the user's method.</summary>
internal static class HandlerEmitter
{
    private const string ValueTask = "global::System.Threading.Tasks.ValueTask";
    private const string Checkpoint = "CheckpointJson";
    private const string Invocation = "global::Jobs.Definitions.JobInvocation";

    public static void Emit(SourceWriter w, string name, string args, string location, CallModel call)
    {
        var types = call.ResultType is null ? args : $"{args}, {call.ResultType}";
        var kind = call.BatchItemType is null ? "JobHandler" : "BatchJobHandler";
        using (w.Block($"private sealed class {name} : global::Jobs.Definitions.{kind}<{types}>"))
        {
            // One instance, so that registering twice registers the same.
            w.WriteLine($"internal static readonly {name} Instance = new();");
            w.WriteLine();
            using (w.Block($"private {name}()\n    : base(global::Jobs.Definitions.JobDefinition.Of<{types}>())"))
            {
                EmitSettings(w, location, call);
            }

            w.WriteLine();
            EmitHandle(w, args, call);
            if (call.Checkpoint is { } checkpoint)
            {
                w.WriteLine();
                EmitCheckpoint(w, checkpoint);
            }
        }
    }

    private static void EmitCheckpoint(SourceWriter w, PayloadTypeModel checkpoint)
    {
        using (w.Block($"private sealed class {Checkpoint} : global::Jobs.Definitions.CheckpointSerializer<{checkpoint.Type.FullName}>"))
        {
            w.WriteLine($"internal static readonly {Checkpoint} Instance = new();");
            w.WriteLine();
            SerializerEmitter.EmitCheckpoint(w, checkpoint);
        }
    }

    private static void EmitSettings(SourceWriter w, string location, CallModel call)
    {
        w.WriteLine($"Location = {Literal.Of(location)};");
        Flag(w, "IsSynchronous", call.IsSynchronous);
        Flag(w, "NeedsScope", call.NeedsServices);
        Flag(w, "UsesCancellation", call.Uses(ArgumentKind.CancellationToken));
        Flag(w, "UsesContext", call.Uses(ArgumentKind.JobContext));
        Flag(w, "UsesCheckpoint", call.Checkpoint is not null);
        var requirements = ServiceEmitter.Requirements(call).ToList();
        if (requirements.Count > 0)
        {
            using (w.Block("Services = new global::Jobs.Definitions.ServiceRequirement[]", ";"))
            {
                requirements.ForEach(w.WriteLine);
            }
        }
    }

    private static void EmitHandle(SourceWriter w, string args, CallModel call)
    {
        var input = call.BatchItemType is null ? $"{args} args" : $"global::System.Collections.Generic.IReadOnlyList<{args}> items";
        var returned = call.ResultType is null ? ValueTask : $"{ValueTask}<{call.ResultType}>";
        var isOwner = call.Instance is { MustBeRegistered: false, Disposal: not Disposal.None };
        using (w.Block($"protected override {returned} HandleAsync({input}, in {Invocation} invocation)"))
        {
            if (call.NeedsServices)
            {
                w.WriteLine("var services = invocation.Services;");
            }

            if (isOwner)
            {
                EmitChoice(w, call.Instance!, call.BatchItemType is null ? "args" : "items");
            }
            else
            {
                if (call.Instance is { } instance)
                {
                    w.WriteLine($"var instance = {ServiceEmitter.Instance(instance)};");
                }

                EmitCall(w, call);
            }
        }

        if (isOwner)
        {
            EmitOwned(w, call, input, returned);
        }
    }

    private static void EmitChoice(SourceWriter w, InstanceModel instance, string input) => w.WriteLine($"""
        return services.GetService(typeof({instance.Type})) is {instance.Type} registered
            ? CallAsync(registered, {input}, in invocation)
            : CallAndDisposeAsync({ServiceEmitter.New(instance)}, {input}, invocation);
        """);

    private static void EmitOwned(SourceWriter w, CallModel call, string input, string returned)
    {
        var instance = call.Instance!;
        w.WriteLine();
        using (w.Block($"private static {returned} CallAsync({instance.Type} instance, {input}, in {Invocation} invocation)"))
        {
            if (call.Uses(ArgumentKind.Service))
            {
                w.WriteLine("var services = invocation.Services;");
            }

            EmitCall(w, call);
        }

        var name = call.BatchItemType is null ? "args" : "items";
        var dispose = instance.Disposal == Disposal.Asynchronous
            ? "await ((global::System.IAsyncDisposable)instance).DisposeAsync().ConfigureAwait(false);"
            : "((global::System.IDisposable)instance).Dispose();";
        w.WriteLine();
        w.WriteLine($$"""
            private static async {{returned}} CallAndDisposeAsync({{instance.Type}} instance, {{input}}, {{Invocation}} invocation)
            {
                try
                {
                    {{(call.ResultType is null ? "" : "return ")}}await CallAsync(instance, {{name}}, in invocation).ConfigureAwait(false);
                }
                finally
                {
                    {{dispose}}
                }
            }
            """);
    }

    private static void EmitCall(SourceWriter w, CallModel call)
    {
        if (call.BatchItemType is { } item)
        {
            w.WriteLine($$"""
                var values = new {{item}}[items.Count];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = items[i].{{BatchModel.PropertyName}};
                }

                """);
        }

        var target = call.Instance is null ? call.Target : call.Target == call.Instance.Type ? "instance" : $"(({call.Target})instance)";
        var invoked = $"{target}.{Identifier.Escape(call.MethodName)}({string.Join(", ", call.Arguments.Select(a => Argument(a, call)))})";
        w.WriteLine(call.Returns switch
        {
            ReturnKind.Nothing => $"{invoked};\nreturn default;",
            ReturnKind.Task => $"return new {ValueTask}({invoked});",
            ReturnKind.Value or ReturnKind.TaskOfValue => $"return new {ValueTask}<{call.ResultType}>({invoked});",
            _ => $"return {invoked};",
        });
    }

    private static string Argument(ArgumentModel argument, CallModel call) => argument.Kind switch
    {
        ArgumentKind.Payload => argument.PropertyName is null ? "values" : $"args.{Identifier.Escape(argument.PropertyName)}{(argument.IsForgiven ? "!" : "")}",
        ArgumentKind.Service => ServiceEmitter.Resolve(argument.Service!),
        ArgumentKind.CancellationToken => "invocation.CancellationToken",
        ArgumentKind.JobContext => "invocation.Context!",
        ArgumentKind.JobCheckpoint => $"new global::Jobs.JobCheckpoint<{call.Checkpoint!.Type.FullName}>(invocation.Checkpoint!, {Checkpoint}.Instance)",
        _ => "invocation.Batch!",
    };

    private static void Flag(SourceWriter w, string name, bool value)
    {
        if (value)
        {
            w.WriteLine($"{name} = true;");
        }
    }
}
