namespace Jobs.Generators.Emission;

/// <summary>Writes how helpers begin.</summary>
internal static class NullEmitter
{
    public static void EmitWrite(SourceWriter w)
    {
        using (w.Block("if (value is null)"))
        {
            w.WriteLine("writer.WriteNullValue();");
            w.WriteLine("return;");
        }

        w.WriteLine();
    }

    public static void EmitRead(SourceWriter w)
    {
        using (w.Block("if (reader.TokenType == global::System.Text.Json.JsonTokenType.Null)"))
        {
            w.WriteLine("return null;");
        }

        w.WriteLine();
    }

    public static void EmitExpect(SourceWriter w, string token, string description)
    {
        using (w.Block($"if (reader.TokenType != global::System.Text.Json.JsonTokenType.{token})"))
        {
            w.WriteLine($"throw {ValueEmitter.Json}.Unexpected(ref reader, {Literal.Of(description)});");
        }

        w.WriteLine();
    }
}
