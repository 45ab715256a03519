using Jobs.Brokers;
using Jobs.Definitions;

namespace Jobs.Testing;

/// <content>Expectations. They throw <see cref="JobTestException"/>, which every test framework shows.</content>
public sealed partial class JobTestHost
{
    /// <summary>The dead letters of all queues, oldest first within a queue.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => [.. Queues.SelectMany(queue => ReadDeadLetters(queue.Name))];

    /// <summary>Finds an enqueued job.</summary>
    /// <param name="predicate">Null: any.</param>
    /// <returns>The first that matches.</returns>
    /// <exception cref="JobTestException">None does; the message lists what was enqueued.</exception>
    public EnqueuedJob<TArgs> ShouldHaveEnqueued<TArgs>(Func<TArgs, bool>? predicate = null)
        where TArgs : IJobArgs<TArgs>
    {
        foreach (var job in GetEnqueued<TArgs>())
        {
            if (predicate is null || predicate(job.Args))
            {
                return job;
            }
        }

        throw new JobTestException(
            $"No job '{TArgs.Definition.Name}'{(predicate is null ? "" : " that matches")} was enqueued, but these were:{List(DescribeEnqueued<TArgs>())}");
    }

    /// <summary>Makes sure that no such job was enqueued.</summary>
    /// <param name="predicate">Null: any.</param>
    /// <exception cref="JobTestException">One was.</exception>
    public void ShouldNotHaveEnqueued<TArgs>(Func<TArgs, bool>? predicate = null)
        where TArgs : IJobArgs<TArgs>
    {
        if (GetEnqueued<TArgs>().FirstOrDefault(job => predicate is null || predicate(job.Args)) is { } job)
        {
            throw new JobTestException($"No job '{TArgs.Definition.Name}' was to be enqueued, but this one was: {job}");
        }
    }

    /// <summary>Makes sure that nothing is waiting, in hand or delayed.</summary>
    /// <exception cref="JobTestException">Something is; the message names it.</exception>
    public void ShouldBeIdle()
    {
        if (!IsIdle())
        {
            throw new JobTestException($"The host is not idle.{Environment.NewLine}{DescribeWork()}");
        }
    }

    /// <summary>The only dead letter.</summary>
    /// <exception cref="JobTestException">There is none, or there are several; the message lists them.</exception>
    public DeadLetter SingleDeadLetter() => DeadLetters is [var only]
        ? only
        : throw new JobTestException($"Expected one dead letter, found {DeadLetters.Count}.{List(DeadLetters.Select(Describe))}");

    /// <summary>Makes sure that no job has died.</summary>
    /// <exception cref="JobTestException">One has; the message lists all.</exception>
    public void ShouldHaveNoDeadLetters()
    {
        if (DeadLetters is { Count: > 0 } dead)
        {
            throw new JobTestException($"Expected no dead letter, found {dead.Count}.{List(dead.Select(Describe))}");
        }
    }

    private IEnumerable<string> DescribeEnqueued<TArgs>()
        where TArgs : IJobArgs<TArgs> =>
        Enqueued.Select(job => job.Is(TArgs.Definition) ? new EnqueuedJob<TArgs>(job).ToString() : job.ToString());

    private static string Describe(DeadLetter letter) =>
        $"{letter.Message?.Name ?? "(no job)"} {letter.Key} in queue {letter.Queue}: {letter.Reason}, {letter.Error}";

    private static string List(IEnumerable<string> lines)
    {
        var all = lines.ToArray();
        return all.Length == 0 ? " nothing." : string.Concat(all.Select(line => $"{Environment.NewLine}  {line}"));
    }

    private List<DeadLetter> ReadDeadLetters(string queue)
    {
        const int PageSize = 1_000;
        var letters = new List<DeadLetter>();
        string? cursor = null;
        do
        {
            var page = Now(Broker.GetDeadLettersAsync(queue, cursor, PageSize));
            letters.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);

        return letters;
    }
}
