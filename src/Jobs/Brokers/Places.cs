namespace Jobs.Brokers;

/// <summary>Where in a batch what belongs together is.</summary>
internal static class Places
{
    /// <summary>The places of the results of a kind.</summary>
    public static int[] Of(SendStatus status, ReadOnlySpan<SendResult> results)
    {
        // Most often there are none.
        List<int>? places = null;
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Status == status)
            {
                (places ??= []).Add(i);
            }
        }

        return places?.ToArray() ?? [];
    }

    /// <summary>The places of each name, in their order.</summary>
    public static Dictionary<string, List<int>> By(int count, Func<int, string> nameOf)
    {
        var places = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = nameOf(i);
            if (!places.TryGetValue(name, out var some))
            {
                places[name] = some = [];
            }

            some.Add(i);
        }

        return places;
    }
}
