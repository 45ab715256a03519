using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>The statements that write one value, and the expression that reads it.</summary>
/// <param name="group">Tells the helpers of a payload from those of a result in the same class.</param>
internal sealed class ValueEmitter(string group)
{
    public const string Json = "global::Jobs.Serialization.JobJson";

    private const string IsNull = "reader.TokenType == global::System.Text.Json.JsonTokenType.Null";

    public string Writer(int shape) => $"Write{group}{Literal.Of(shape)}";

    public string Reader(int shape) => $"Read{group}{Literal.Of(shape)}";

    /// <summary>Writes a member with its name.</summary>
    /// <param name="w">Takes the statements.</param>
    /// <param name="name">The field that holds the encoded name.</param>
    /// <param name="jsonName">The name, for the error.</param>
    /// <param name="value">The value.</param>
    /// <param name="access">The expression of the value.</param>
    /// <param name="mayBeNull">False if a null is an error.</param>
    /// <param name="local">A name for a local that nothing else has.</param>
    public void WriteMember(SourceWriter w, string name, string jsonName, ValueModel value, string access, bool mayBeNull, string local)
    {
        if (value.Type.IsValueType ? !value.Type.IsNullable : !mayBeNull)
        {
            WriteProperty(w, name, value, value.Type.IsValueType ? access : $"({access} ?? throw {Json}.Null({Literal.Of(jsonName)}))");
        }
        else if (WritesNull(value))
        {
            WriteProperty(w, name, value, access);
        }
        else
        {
            WriteIfNotNull(w, value, access, local, name);
            using (w.Block("else"))
            {
                w.WriteLine($"writer.WriteNull({name});");
            }
        }
    }

    /// <summary>Writes a member only if it is not null.</summary>
    public void WriteIfNotNull(SourceWriter w, ValueModel value, string access, string local, string name)
    {
        using (w.Block($"if ({access} is {{ }} {local})"))
        {
            WriteProperty(w, name, value, local);
        }
    }

    /// <summary>Writes an element or root, which may be null whenever its type can.</summary>
    public void WriteElement(SourceWriter w, ValueModel value, string access)
    {
        if ((value.Type.IsValueType && !value.Type.IsNullable) || WritesNull(value))
        {
            w.WriteLine(ValueStatement(value, access));
            return;
        }

        using (w.Block($"if ({access} is {{ }} notNull)"))
        {
            w.WriteLine(ValueStatement(value, "notNull"));
        }

        using (w.Block("else"))
        {
            w.WriteLine("writer.WriteNullValue();");
        }
    }

    /// <summary>The expression that reads a value; the reader stands on its first token.</summary>
    public string Read(ValueModel value, bool mayBeNull)
    {
        var core = ReadCore(value);
        if (value.Type.IsValueType)
        {
            return value.Type.IsNullable ? $"{IsNull} ? default({value.Type.FullName}) : {core}" : core;
        }

        return !mayBeNull ? $"{core} ?? throw {Json}.Null()" : value.Type.IsNullable ? core : core + "!";
    }

    // Of these the writer, or the helper, takes a null too.
    private static bool WritesNull(ValueModel value) => !value.Type.IsValueType && value.Kind is ValueKind.String or ValueKind.Shape;

    private void WriteProperty(SourceWriter w, string name, ValueModel value, string access)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean:
                w.WriteLine($"writer.WriteBoolean({name}, {access});");
                break;
            case <= ValueKind.Decimal:
                w.WriteLine($"writer.WriteNumber({name}, {Number(value, access)});");
                break;
            case ValueKind.String or ValueKind.Guid or ValueKind.DateTime or ValueKind.DateTimeOffset:
                w.WriteLine($"writer.WriteString({name}, {access});");
                break;
            case ValueKind.ByteArray:
                w.WriteLine($"writer.WriteBase64String({name}, {access});");
                break;
            default:
                w.WriteLine($"writer.WritePropertyName({name});");
                w.WriteLine(ValueStatement(value, access));
                break;
        }
    }

    private string ValueStatement(ValueModel value, string access) => value.Kind switch
    {
        ValueKind.Boolean => $"writer.WriteBooleanValue({access});",
        <= ValueKind.Decimal => $"writer.WriteNumberValue({Number(value, access)});",
        ValueKind.String or ValueKind.Guid or ValueKind.DateTime or ValueKind.DateTimeOffset => $"writer.WriteStringValue({access});",
        ValueKind.ByteArray => $"writer.WriteBase64StringValue({access});",
        ValueKind.ReadOnlyMemoryOfByte => $"writer.WriteBase64StringValue({access}.Span);",
        ValueKind.Uri => $"writer.WriteStringValue({access}.OriginalString);",
        ValueKind.JsonElement => $"{access}.WriteTo(writer);",
        ValueKind.Delegated => $"{Json}.WriteBy(writer, {access}, {value.Context}.Default);",
        ValueKind.Shape => $"{Writer(value.Shape)}(writer, {access});",
        _ => $"{Json}.Write{value.Kind}(writer, {access});",
    };

    /// <summary>The statement that writes a dictionary's key as a property's name.</summary>
    public static string WriteKey(ValueModel key, string access) => key switch
    {
        { IsEnum: true } => $"{Json}.WriteEnumName(writer, {access}, {Number(key, access)});",
        { Kind: ValueKind.String } => $"writer.WritePropertyName({access});",
        _ => $"{Json}.WriteName(writer, {access});",
    };

    /// <summary>The expression that reads a dictionary's key from a property's name.</summary>
    public static string ReadKey(ValueModel key) => key switch
    {
        { IsEnum: true } => $"{Json}.ReadEnumName<{key.Type.Name}>(ref reader)",
        { Kind: ValueKind.String } => "reader.GetString()!",
        { Kind: ValueKind.Guid } => $"{Json}.ReadGuidName(ref reader)",
        _ => $"{Json}.ReadNumberName<{key.Type.Name}>(ref reader)",
    };

    private string ReadCore(ValueModel value) => value.Kind switch
    {
        ValueKind.Shape => $"{Reader(value.Shape)}(ref reader)",
        ValueKind.Delegated => $"{Json}.ReadBy<{value.Type.Name}>(ref reader, {value.Context}.Default)",
        ValueKind.Char or ValueKind.DateOnly or ValueKind.TimeOnly or ValueKind.TimeSpan or ValueKind.Uri or ValueKind.Version => $"{Json}.Read{value.Kind}(ref reader)",
        ValueKind.ByteArray => $"{Json}.ReadBytes(ref reader)",
        ValueKind.ReadOnlyMemoryOfByte => $"({value.Type.Name}){Json}.ReadBytes(ref reader)",
        ValueKind.JsonElement => "global::System.Text.Json.JsonElement.ParseValue(ref reader)",
        _ when value.IsEnum => $"({value.Type.Name})reader.Get{value.Kind}()",
        _ => $"reader.Get{value.Kind}()",
    };

    private static string Number(ValueModel value, string access) => value.IsEnum ? $"({Keyword(value.Kind)}){access}" : access;

    private static string Keyword(ValueKind kind) => kind switch
    {
        ValueKind.SByte => "sbyte",
        ValueKind.Byte => "byte",
        ValueKind.Int16 => "short",
        ValueKind.UInt16 => "ushort",
        ValueKind.UInt32 => "uint",
        ValueKind.Int64 => "long",
        ValueKind.UInt64 => "ulong",
        _ => "int",
    };
}
