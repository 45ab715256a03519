using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the helpers of an object shape.</summary>
internal sealed class ObjectEmitter(ValueEmitter values, string group, int index, ObjectShape shape)
{
    private readonly List<ReadMember> _readable = FindReadable(shape);

    private string Key => group + Literal.Of(index);

    public void Emit(SourceWriter w, bool writes)
    {
        if (writes)
        {
            EmitNamesAndWrite(w);
            w.WriteLine();
        }

        var loop = new MemberLoopEmitter(values, _readable, "Find" + Key);
        EmitRead(w, loop);
        loop.EmitFind(w);
    }

    private void EmitNamesAndWrite(SourceWriter w)
    {
        foreach (var (member, i) in shape.Members.Select((member, i) => (member, i)))
        {
            NameEmitter.Emit(w, Name(i), member.JsonName);
        }

        w.WriteLine();
        EmitWrite(w);
    }

    private static List<ReadMember> FindReadable(ObjectShape shape)
    {
        var defaults = shape.Constructor.Where(parameter => parameter.Member >= 0).ToDictionary(parameter => parameter.Member, parameter => parameter.Default);
        return [.. shape.Members
            .Select((member, i) => (member, i))
            .Where(pair => pair.member.Assignment != MemberAssignment.None)
            .Select(pair => new ReadMember(
                pair.i,
                pair.member.JsonName,
                pair.member.Value,
                pair.member.MayReadNull,
                defaults.TryGetValue(pair.i, out var value) ? value : null,
                pair.member.IsRequired,
                IsTracked: pair.member.IsRequired || pair.member.Assignment is MemberAssignment.OptionalInitializer or MemberAssignment.Setter))];
    }

    private string Name(int member) => $"{Key}Name{Literal.Of(member)}";

    private void EmitWrite(SourceWriter w)
    {
        var parameter = shape.Type.IsValueType ? $"in {shape.Type.Name} value" : $"{shape.Type.Name}? value";
        using (w.Block($"private static void {values.Writer(index)}(global::System.Text.Json.Utf8JsonWriter writer, {parameter})"))
        {
            if (!shape.Type.IsValueType)
            {
                NullEmitter.EmitWrite(w);
            }

            w.WriteLine("writer.WriteStartObject();");
            for (var i = 0; i < shape.Members.Count; i++)
            {
                EmitWrite(w, i, shape.Members[i]);
            }

            w.WriteLine("writer.WriteEndObject();");
        }
    }

    private void EmitWrite(SourceWriter w, int i, ObjectMember member)
    {
        var access = "value." + Identifier.Escape(member.Name);
        var local = "v" + Literal.Of(i);
        switch (member.Condition)
        {
            case WriteCondition.NotNull:
                values.WriteIfNotNull(w, member.Value, access, local, Name(i));
                break;
            case WriteCondition.NotDefault:
                var type = member.Value.Type.FullName;
                using (w.Block($"if (!global::System.Collections.Generic.EqualityComparer<{type}>.Default.Equals({access}, default!))"))
                {
                    values.WriteMember(w, Name(i), member.JsonName, member.Value, access, member.MayWriteNull, local);
                }

                break;
            default:
                values.WriteMember(w, Name(i), member.JsonName, member.Value, access, member.MayWriteNull, local);
                break;
        }
    }

    private void EmitRead(SourceWriter w, MemberLoopEmitter loop)
    {
        using (w.Block($"private static {shape.Type.NullableName} {values.Reader(index)}(ref global::System.Text.Json.Utf8JsonReader reader)"))
        {
            if (!shape.Type.IsValueType)
            {
                NullEmitter.EmitRead(w);
            }

            NullEmitter.EmitExpect(w, "StartObject", "an object");
            loop.EmitLoop(w);
            w.WriteLine();
            EmitInitialValues(w, loop);
            EmitConstruction(w, loop);
        }
    }

    // An initial value is only known to the type itself, so one instance is made to ask for it.
    private void EmitInitialValues(SourceWriter w, MemberLoopEmitter loop)
    {
        var optional = _readable.Where(member => shape.Members[member.Index].Assignment == MemberAssignment.OptionalInitializer).ToList();
        if (optional.Count == 0)
        {
            return;
        }

        using (w.Block($"if ({loop.IsAnyMissing(optional.Select(member => member.Index))})"))
        {
            w.WriteLine($"var initial = {Creation(MemberAssignment.Initializer)};");
            foreach (var member in optional)
            {
                using (w.Block($"if (!({loop.IsSeen(member.Index)}))"))
                {
                    w.WriteLine($"{member.Local} = initial.{Identifier.Escape(shape.Members[member.Index].Name)}{Forgive(member)};");
                }
            }
        }

        w.WriteLine();
    }

    private void EmitConstruction(SourceWriter w, MemberLoopEmitter loop)
    {
        var settable = _readable.Where(member => shape.Members[member.Index].Assignment == MemberAssignment.Setter).ToList();
        var creation = Creation(MemberAssignment.Initializer, MemberAssignment.OptionalInitializer);
        if (settable.Count == 0)
        {
            w.WriteLine($"return {creation};");
            return;
        }

        w.WriteLine($"var value = {creation};");
        foreach (var member in settable)
        {
            using (w.Block($"if ({loop.IsSeen(member.Index)})"))
            {
                w.WriteLine($"value.{Identifier.Escape(shape.Members[member.Index].Name)} = {member.Local}{Forgive(member)};");
            }
        }

        w.WriteLine("return value;");
    }

    private string Creation(params MemberAssignment[] initialized)
    {
        var arguments = string.Join(", ", shape.Constructor.Select(parameter => parameter.Member >= 0
            ? _readable.First(member => member.Index == parameter.Member) is var member ? member.Local + Forgive(member) : ""
            : parameter.Default ?? "default!"));
        var initializers = string.Join(", ", _readable
            .Where(member => initialized.Contains(shape.Members[member.Index].Assignment))
            .Select(member => $"{Identifier.Escape(shape.Members[member.Index].Name)} = {member.Local}{Forgive(member)}"));
        var creation = $"new {shape.Type.Name}({arguments})";
        return initializers.Length == 0 ? creation : $"{creation} {{ {initializers} }}";
    }

    // Attributes may allow a null where the type alone does not, and the reverse; reading has checked it already.
    private static string Forgive(ReadMember member) => member.Value.Type.IsValueType ? "" : "!";
}
