namespace Jobs.Schedules.Cron;

/// <summary>A piece of an expression and where it stands.</summary>
/// <param name="Value">Not empty, without spaces.</param>
/// <param name="Position">Its first character's place in the whole, from 1.</param>
internal readonly record struct CronText(string Value, int Position)
{
    /// <summary>The fields of an expression.</summary>
    public static List<CronText> Split(string text)
    {
        var fields = new List<CronText>(6);
        for (var start = 0; start < text.Length; start++)
        {
            if (IsSpace(text[start]))
            {
                continue;
            }

            var end = start;
            while (end < text.Length && !IsSpace(text[end]))
            {
                end++;
            }

            fields.Add(new CronText(text.Substring(start, end - start), start + 1));
            start = end;
        }

        return fields;
    }

    /// <summary>The items between the commas of a field; an item may be empty.</summary>
    public IEnumerable<CronText> Items()
    {
        var position = Position;
        foreach (var item in Value.Split(','))
        {
            yield return new CronText(item, position);
            position += item.Length + 1;
        }
    }

    private static bool IsSpace(char c) => c is ' ' or '\t';
}
