using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the member of a definition that reads older versions, if there are any.</summary>
internal static class UpcastEmitter
{
    public static void Emit(SourceWriter w, EquatableArray<UpcastModel> upcasts, string argsType)
    {
        if (upcasts.Count == 0)
        {
            return;
        }

        w.WriteLine();
        using (w.Block($"public override {argsType} ReadOlder(ref global::System.Text.Json.Utf8JsonReader reader, int version)"))
        {
            using (w.Block("return version switch", ";"))
            {
                for (var i = 0; i < upcasts.Count; i++)
                {
                    w.WriteLine($"{Literal.Of(upcasts[i].FromVersion)} => {Apply(upcasts, i)},");
                }

                w.WriteLine("_ => base.ReadOlder(ref reader, version),");
            }
        }

        foreach (var upcast in upcasts)
        {
            SerializerEmitter.EmitReaders(w, upcast.Old, Group(upcast));
        }
    }

    // The chain from one step to the current version, as nested calls.
    private static string Apply(EquatableArray<UpcastModel> upcasts, int first)
    {
        var old = new ValueEmitter(Group(upcasts[first])).Read(upcasts[first].Old.Value, mayBeNull: false);
        return upcasts.Skip(first).Aggregate(old, static (args, upcast) => $"{upcast.Method}({args})");
    }

    private static string Group(UpcastModel upcast) => $"Version{Literal.Of(upcast.FromVersion)}Type";
}
