namespace Jobs.Aot;

/// <summary>Runs the checks, a line for each, and counts them.</summary>
internal sealed class Canary
{
    /// <summary>How long anything may take before it counts as hanging; a loaded machine is slow.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _passed;
    private int _failed;

    /// <summary>Runs one check. What it throws is its failure; the others go on.</summary>
    public async Task CheckAsync(string name, Func<Task> check)
    {
        try
        {
            await check().WaitAsync(Patience);
            _passed++;
            Console.WriteLine($"ok      {name}");
        }
#pragma warning disable CA1031 // Whatever a check throws is the answer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failed++;
            Console.WriteLine($"FAILED  {name}");
            Console.WriteLine(exception);
        }
    }

    /// <summary>Prints the sum.</summary>
    /// <returns>The exit code of the program.</returns>
    public int Finish()
    {
        Console.WriteLine($"{_passed} passed, {_failed} failed");
        return _failed == 0 && _passed > 0 ? 0 : 1;
    }
}
