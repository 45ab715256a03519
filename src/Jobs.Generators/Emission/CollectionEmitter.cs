using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the helpers of a collection shape.</summary>
internal sealed class CollectionEmitter(ValueEmitter values, int index, CollectionShape shape)
{
    private const string Generic = "global::System.Collections.Generic.";
    private const string Immutable = "global::System.Collections.Immutable.";

    private string Element => shape.Element.Type.FullName;

    private bool IsDictionary => shape.Key is not null;

    private string KeyAndElement => $"{shape.Key!.Type.FullName}, {Element}";

    public void Emit(SourceWriter w, bool writes)
    {
        if (writes)
        {
            EmitWrite(w);
            w.WriteLine();
        }

        EmitRead(w);
    }

    private void EmitWrite(SourceWriter w)
    {
        using (w.Block($"private static void {values.Writer(index)}(global::System.Text.Json.Utf8JsonWriter writer, {shape.Type.NullableName} value)"))
        {
            if (!shape.Type.IsValueType)
            {
                NullEmitter.EmitWrite(w);
            }
            else
            {
                using (w.Block("if (value.IsDefault)"))
                {
                    w.WriteLine($"throw {ValueEmitter.Json}.DefaultArray();");
                }
            }

            w.WriteLine(IsDictionary ? "writer.WriteStartObject();" : "writer.WriteStartArray();");
            EmitWriteLoops(w);
            w.WriteLine(IsDictionary ? "writer.WriteEndObject();" : "writer.WriteEndArray();");
        }
    }

    // The enumerator of an interface is an object, so the usual types behind one are asked for first.
    private void EmitWriteLoops(SourceWriter w)
    {
        switch (shape.Kind)
        {
            case CollectionKind.IndexedInterface:
                EmitIndexLoop(w, "value");
                break;
            case CollectionKind.Enumerable:
                using (w.Block($"if (value is {Generic}IReadOnlyList<{Element}> known)"))
                {
                    EmitIndexLoop(w, "known");
                }

                EmitOtherwise(w);
                break;
            case CollectionKind.SetInterface:
                EmitKnownLoop(w, $"{Generic}HashSet<{Element}>");
                break;
            case CollectionKind.DictionaryInterface:
                EmitKnownLoop(w, $"{Generic}Dictionary<{KeyAndElement}>");
                break;
            default:
                EmitLoop(w, "value");
                break;
        }
    }

    private void EmitKnownLoop(SourceWriter w, string type)
    {
        using (w.Block($"if (value is {type} known)"))
        {
            EmitLoop(w, "known");
        }

        EmitOtherwise(w);
    }

    private void EmitOtherwise(SourceWriter w)
    {
        using (w.Block("else"))
        {
            EmitLoop(w, "value");
        }
    }

    private void EmitLoop(SourceWriter w, string collection)
    {
        using (w.Block($"foreach (var item in {collection})"))
        {
            if (shape.Key is { } key)
            {
                w.WriteLine(ValueEmitter.WriteKey(key, "item.Key"));
            }

            values.WriteElement(w, shape.Element, IsDictionary ? "item.Value" : "item");
        }
    }

    private void EmitIndexLoop(SourceWriter w, string list)
    {
        using (w.Block($"for (var i = 0; i < {list}.Count; i++)"))
        {
            values.WriteElement(w, shape.Element, list + "[i]");
        }
    }

    private void EmitRead(SourceWriter w)
    {
        using (w.Block($"private static {shape.Type.NullableName} {values.Reader(index)}(ref global::System.Text.Json.Utf8JsonReader reader)"))
        {
            if (!shape.Type.IsValueType)
            {
                NullEmitter.EmitRead(w);
            }

            if (IsDictionary)
            {
                EmitReadDictionary(w);
            }
            else
            {
                EmitReadArray(w);
            }

            w.WriteLine(shape.Kind switch
            {
                CollectionKind.Array => "return items.ToArray();",
                CollectionKind.ImmutableArray => "return items.DrainToImmutable();",
                CollectionKind.ImmutableList or CollectionKind.ImmutableHashSet or CollectionKind.ImmutableDictionary => "return items.ToImmutable();",
                _ => "return items;",
            });
        }
    }

    private void EmitReadArray(SourceWriter w)
    {
        NullEmitter.EmitExpect(w, "StartArray", "an array");
        w.WriteLine($"var items = {NewItems()};");
        using (w.Block("while (reader.Read() && reader.TokenType != global::System.Text.Json.JsonTokenType.EndArray)"))
        {
            w.WriteLine($"items.Add({values.Read(shape.Element, mayBeNull: true)});");
        }
    }

    private void EmitReadDictionary(SourceWriter w)
    {
        NullEmitter.EmitExpect(w, "StartObject", "an object");
        w.WriteLine($"var items = {NewItems()};");
        using (w.Block("while (reader.Read() && reader.TokenType == global::System.Text.Json.JsonTokenType.PropertyName)"))
        {
            w.WriteLine($"var key = {ValueEmitter.ReadKey(shape.Key!)};");
            w.WriteLine("reader.Read();");
            w.WriteLine($"items[key] = {values.Read(shape.Element, mayBeNull: true)};");
        }
    }

    private string NewItems() => shape.Kind switch
    {
        CollectionKind.HashSet or CollectionKind.SetInterface => $"new {Generic}HashSet<{Element}>()",
        CollectionKind.ImmutableArray => $"{Immutable}ImmutableArray.CreateBuilder<{Element}>()",
        CollectionKind.ImmutableList => $"{Immutable}ImmutableList.CreateBuilder<{Element}>()",
        CollectionKind.ImmutableHashSet => $"{Immutable}ImmutableHashSet.CreateBuilder<{Element}>()",
        CollectionKind.Dictionary or CollectionKind.DictionaryInterface => $"new {Generic}Dictionary<{KeyAndElement}>()",
        CollectionKind.ImmutableDictionary => $"{Immutable}ImmutableDictionary.CreateBuilder<{KeyAndElement}>()",
        _ => $"new {Generic}List<{Element}>()",
    };
}
