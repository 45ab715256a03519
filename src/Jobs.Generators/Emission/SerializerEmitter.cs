using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the members of a definition that write and read JSON.</summary>
internal static class SerializerEmitter
{
    private const string WriterParameter = "global::System.Text.Json.Utf8JsonWriter writer";
    private const string ReaderParameter = "ref global::System.Text.Json.Utf8JsonReader reader";

    /// <summary>Writes <c>Write</c>, <c>Read</c> and what they need, for args with a constructor that takes all members in order.</summary>
    public static void Emit(SourceWriter w, PayloadModel payload, string argsTypeFullName)
    {
        const string Group = "Payload";
        var values = new ValueEmitter(Group);
        for (var i = 0; i < payload.Members.Count; i++)
        {
            NameEmitter.Emit(w, Name(i), payload.Members[i].JsonName);
        }

        if (payload.Members.Count > 0)
        {
            w.WriteLine();
        }

        EmitWriteArgs(w, payload, values, argsTypeFullName);
        w.WriteLine();
        EmitReadArgs(w, payload, values, argsTypeFullName);
        EmitShapes(w, values, Group, payload.Shapes);
    }

    /// <summary>Writes <c>Write</c>, <c>Read</c> and what they need, for args that wrap the item of a batch: their JSON is the item's own.</summary>
    /// <param name="argsTypeFullName">A record struct with a constructor that takes the item, and the property <see cref="BatchModel.PropertyName"/>.</param>
    public static void EmitItem(SourceWriter w, PayloadTypeModel item, string argsTypeFullName)
    {
        const string Group = "Payload";
        const string Access = "args." + BatchModel.PropertyName;
        var values = new ValueEmitter(Group);
        using (w.Block($"public override void Write({WriterParameter}, in {argsTypeFullName} args)"))
        {
            values.WriteElement(w, item.Value, item.Type.IsValueType ? Access : $"({Access} ?? throw {ValueEmitter.Json}.Null())");
        }

        w.WriteLine();
        using (w.Block($"public override {argsTypeFullName} Read({ReaderParameter})"))
        {
            w.WriteLine($"return new {argsTypeFullName}({values.Read(item.Value, mayBeNull: false)});");
        }

        EmitShapes(w, values, Group, item.Shapes);
    }

    /// <summary>Writes <c>WriteResult</c>, <c>ReadResult</c> and what they need.</summary>
    public static void EmitResult(SourceWriter w, PayloadTypeModel result) => EmitValue(w, result, "Result", ("WriteResult", "ReadResult"), "result", mayBeNull: true);

    /// <summary>Writes <c>Write</c>, <c>Read</c> and what they need, for a checkpoint.</summary>
    public static void EmitCheckpoint(SourceWriter w, PayloadTypeModel checkpoint) =>
        EmitValue(w, checkpoint, "Checkpoint", ("Write", "Read"), "value", mayBeNull: checkpoint.Type.IsNullable);

    /// <summary>Writes what reads the shapes of a type that is never written.</summary>
    public static void EmitReaders(SourceWriter w, PayloadTypeModel type, string group) => EmitShapes(w, new ValueEmitter(group), group, type.Shapes, writes: false);

    private static void EmitValue(SourceWriter w, PayloadTypeModel type, string group, (string Write, string Read) names, string value, bool mayBeNull)
    {
        var values = new ValueEmitter(group);
        using (w.Block($"public override void {names.Write}({WriterParameter}, {type.Type.FullName} {value})"))
        {
            values.WriteElement(w, type.Value, mayBeNull || type.Type.IsValueType ? value : $"({value} ?? throw {ValueEmitter.Json}.Null())");
        }

        w.WriteLine();
        using (w.Block($"public override {type.Type.FullName} {names.Read}({ReaderParameter})"))
        {
            w.WriteLine($"return {values.Read(type.Value, mayBeNull)};");
        }

        EmitShapes(w, values, group, type.Shapes);
    }

    private static void EmitWriteArgs(SourceWriter w, PayloadModel payload, ValueEmitter values, string argsType)
    {
        using (w.Block($"public override void Write({WriterParameter}, in {argsType} args)"))
        {
            w.WriteLine("writer.WriteStartObject();");
            for (var i = 0; i < payload.Members.Count; i++)
            {
                var member = payload.Members[i];
                values.WriteMember(w, Name(i), member.JsonName, member.Value, "args." + Identifier.Escape(member.PropertyName), member.AllowsNull, "v" + Literal.Of(i));
            }

            w.WriteLine("writer.WriteEndObject();");
        }
    }

    private static void EmitReadArgs(SourceWriter w, PayloadModel payload, ValueEmitter values, string argsType)
    {
        var members = payload.Members
            .Select((member, i) => new ReadMember(i, member.JsonName, member.Value, member.AllowsNull, member.Default, IsRequired: member.Default is null, IsTracked: member.Default is null))
            .ToList();
        var loop = new MemberLoopEmitter(values, members, "FindMember");
        using (w.Block($"public override {argsType} Read({ReaderParameter})"))
        {
            NullEmitter.EmitExpect(w, "StartObject", "an object");
            loop.EmitLoop(w);
            w.WriteLine();
            w.WriteLine($"return new {argsType}({string.Join(", ", members.Select(member => member.Local))});");
        }

        loop.EmitFind(w);
    }

    private static void EmitShapes(SourceWriter w, ValueEmitter values, string group, EquatableArray<PayloadShape> shapes, bool writes = true)
    {
        for (var i = 0; i < shapes.Count; i++)
        {
            w.WriteLine();
            if (shapes[i] is ObjectShape shape)
            {
                new ObjectEmitter(values, group, i, shape).Emit(w, writes);
            }
            else
            {
                new CollectionEmitter(values, i, (CollectionShape)shapes[i]).Emit(w, writes);
            }
        }
    }

    private static string Name(int member) => "MemberName" + Literal.Of(member);
}
