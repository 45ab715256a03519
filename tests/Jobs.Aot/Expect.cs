namespace Jobs.Aot;

/// <summary>What a check says when it finds something else than it should.</summary>
internal static class Expect
{
    public static void Equal<T>(T expected, T actual, string? what = null)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException($"{what ?? "Value"}:\nexpected {expected}\nactual   {actual}");
        }
    }

    public static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Not so: {what}");
        }
    }

    public static void Contains(string part, string text)
    {
        if (!text.Contains(part, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Missing '{part}' in:\n{text}");
        }
    }

    public static async Task<TException> ThrowsAsync<TException>(Func<Task> action)
        where TException : Exception
    {
        try
        {
            await action();
        }
        catch (TException exception)
        {
            return exception;
        }

        throw new InvalidOperationException($"{typeof(TException)} was not thrown.");
    }
}
