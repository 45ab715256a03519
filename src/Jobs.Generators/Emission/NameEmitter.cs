namespace Jobs.Generators.Emission;

internal static class NameEmitter
{
    /// <summary>Writes a field that holds a member's name as the writer takes it, already escaped.</summary>
    public static void Emit(SourceWriter w, string field, string jsonName) =>
        w.WriteLine($"private static readonly global::System.Text.Json.JsonEncodedText {field} = global::System.Text.Json.JsonEncodedText.Encode({Literal.Of(jsonName)});");
}
