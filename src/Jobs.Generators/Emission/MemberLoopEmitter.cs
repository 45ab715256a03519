using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the loop that reads the members of an object into locals, and the check that none is missing.</summary>
/// <param name="values">Writes the values.</param>
/// <param name="members">The members that can be read, in the order in which writers write them.</param>
/// <param name="findMethod">The name of the helper that finds a member which is not the expected next one.</param>
internal sealed class MemberLoopEmitter(ValueEmitter values, IReadOnlyList<ReadMember> members, string findMethod)
{
    private const int BitsPerWord = 64;

    private readonly List<ReadMember> _tracked = [.. members.Where(member => member.IsTracked)];

    /// <summary>An expression that is true if the JSON had a tracked member.</summary>
    public string IsSeen(int memberIndex)
    {
        var bit = _tracked.FindIndex(member => member.Index == memberIndex);
        return $"({Word(bit)} & {Mask(1UL << (bit % BitsPerWord))}) != 0";
    }

    /// <summary>An expression that is true if the JSON lacked one of the tracked members.</summary>
    public string IsAnyMissing(IEnumerable<int> memberIndexes)
    {
        var bits = memberIndexes.Select(index => _tracked.FindIndex(member => member.Index == index));
        return string.Join(" || ", bits.GroupBy(bit => bit / BitsPerWord).Select(word =>
        {
            var mask = Mask(word.Aggregate(0UL, (mask, bit) => mask | (1UL << (bit % BitsPerWord))));
            return $"({Word(word.First())} & {mask}) != {mask}";
        }));
    }

    /// <summary>Writes locals, loop and check. The reader stands on the start of the object, and then on its end.</summary>
    public void EmitLoop(SourceWriter w)
    {
        foreach (var member in members)
        {
            w.WriteLine($"{member.Value.Type.FullName} {member.Local} = {member.Default ?? (member.Value.Type.IsValueType ? "default" : "default!")};");
        }

        for (var bit = 0; bit < _tracked.Count; bit += BitsPerWord)
        {
            w.WriteLine($"var {Word(bit)} = 0UL;");
        }

        if (members.Count == 0)
        {
            w.WriteLine("reader.Skip();");
            return;
        }

        w.WriteLine("var next = 0;");
        using (w.Block("while (reader.Read() && reader.TokenType == global::System.Text.Json.JsonTokenType.PropertyName)"))
        {
            EmitMatch(w);
            w.WriteLine("reader.Read();");
            using (w.Block("switch (member)"))
            {
                for (var i = 0; i < members.Count; i++)
                {
                    EmitRead(w, i, members[i]);
                }

                w.WriteLine("default:");
                using (w.Indent())
                {
                    w.WriteLine("reader.Skip();");
                    w.WriteLine("continue;");
                }
            }

            w.WriteLine("next = member + 1;");
        }

        EmitCheck(w);
    }

    /// <summary>Writes the helper that finds a member by its name.</summary>
    public void EmitFind(SourceWriter w)
    {
        if (members.Count == 0)
        {
            return;
        }

        w.WriteLine();
        using (w.Block($"private static int {findMethod}(ref global::System.Text.Json.Utf8JsonReader reader)"))
        {
            for (var i = 0; i < members.Count; i++)
            {
                using (w.Block($"if (reader.ValueTextEquals({Literal.Of(members[i].JsonName)}u8))"))
                {
                    w.WriteLine($"return {Literal.Of(i)};");
                }
            }

            w.WriteLine("return -1;");
        }
    }

    // Writers keep the order, so the next member is nearly always the one after the last.
    private void EmitMatch(SourceWriter w)
    {
        using (w.Block("var member = next switch", ";"))
        {
            for (var i = 0; i < members.Count; i++)
            {
                w.WriteLine($"{Literal.Of(i)} when reader.ValueTextEquals({Literal.Of(members[i].JsonName)}u8) => {Literal.Of(i)},");
            }

            w.WriteLine($"_ => {findMethod}(ref reader),");
        }
    }

    private void EmitRead(SourceWriter w, int position, ReadMember member)
    {
        w.WriteLine($"case {Literal.Of(position)}:");
        using (w.Indent())
        {
            w.WriteLine($"{member.Local} = {values.Read(member.Value, member.MayBeNull)};");
            if (member.IsTracked)
            {
                var bit = _tracked.IndexOf(member);
                w.WriteLine($"{Word(bit)} |= {Mask(1UL << (bit % BitsPerWord))};");
            }

            w.WriteLine("break;");
        }
    }

    private void EmitCheck(SourceWriter w)
    {
        for (var first = 0; first < _tracked.Count; first += BitsPerWord)
        {
            var word = _tracked.Skip(first).Take(BitsPerWord).ToList();
            var required = word.Select((member, bit) => member.IsRequired ? 1UL << bit : 0).Aggregate(0UL, (mask, bit) => mask | bit);
            if (required != 0)
            {
                w.WriteLine();
                using (w.Block($"if (({Word(first)} & {Mask(required)}) != {Mask(required)})"))
                {
                    var names = string.Join(", ", word.Select(member => Literal.Of(member.JsonName)));
                    w.WriteLine($"throw {ValueEmitter.Json}.Missing(~{Word(first)} & {Mask(required)}, [{names}]);");
                }
            }
        }
    }

    private static string Word(int bit) => "seen" + Literal.Of(bit / BitsPerWord);

    private static string Mask(ulong mask) => $"0x{mask:X}UL";
}
