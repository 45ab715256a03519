using System.Buffers;
using Jobs.Catalog;
using Jobs.Hosting;

namespace Jobs.Enqueueing;

/// <summary>Refuses calls whose options make no sense, before anything is sent.</summary>
internal static class EnqueueOptionsCheck
{
    private const int MaxHeaderName = 20;
    private const int MaxText = 256;

    private static readonly SearchValues<char> HeaderLetters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");

    // The context attributes of CloudEvents 1.0 and its tracing extension: a header of that name would be a second one.
    private static readonly HashSet<string> Reserved =
        ["specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema", "data", "dataref", "traceparent", "tracestate"];

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="JobConfigurationException">The queue is not known.</exception>
    public static void Run(EnqueueOptions options, JobRegistration job, QueueCatalog queues)
    {
        var name = options.Queue ?? job.Queue;
        if (!queues.TryGet(name, out var queue))
        {
            throw new JobConfigurationException(
                $"Job '{job.Definition.Name}' cannot go to the queue '{name}', which this host does not know; a queue that no job names is added with jobs.AddQueue. "
                + ConfigurationNames.Hint(name, queues.All.Select(known => known.Name)));
        }

        if (options is { OnConflict: not null, Key: null } && job.Definition.KeyTemplate is null)
        {
            throw new ArgumentException($"OnConflict is set, but job '{job.Definition.Name}' has no key: set Key, or mark the job [Job(Key = \"…\")].", nameof(options));
        }

        if (options.OnConflict is { } policy && !Enum.IsDefined(policy))
        {
            throw new ArgumentException($"OnConflict must be one of {string.Join(", ", Enum.GetNames<KeyConflict>())}, but is {policy}.", nameof(options));
        }

        if ((ProblemOfConcurrencyKey(options.ConcurrencyKey, job) ?? ProblemOfRange(options) ?? ProblemOfText(options) ?? ProblemOfPriority(options.Priority, queue)) is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }
    }

    private static string? ProblemOfConcurrencyKey(string? key, JobRegistration job) =>
        key is null ? null
        : job.Settings.ConcurrencyLimit is null ? $"ConcurrencyKey says which permits job '{job.Definition.Name}' needs, but nothing says how many there are: mark the job [Concurrency], or set Jobs:Overrides:{job.Definition.Name}:ConcurrencyLimit."
        : IsAbsentOrShortText(key) ? null
        : $"ConcurrencyKey must be 1 to {MaxText} characters without control characters.";

    private static string? ProblemOfRange(EnqueueOptions options) =>
        options is { Delay: not null, At: not null } ? "Delay and At exclude each other; set one."
        : options.Id is { IsEmpty: true } ? "Id is empty; leave it null for a new one."
        : options.Delay < TimeSpan.Zero ? $"Delay must be zero or more, but is {options.Delay}."
        : options.ExpiresAfter <= TimeSpan.Zero ? $"ExpiresAfter must be more than zero, but is {options.ExpiresAfter}."
        : options.MaxAttempts is < 1 or > 1_000 ? $"MaxAttempts must be 1 to 1,000, but is {options.MaxAttempts}."
        : options.Backoff < TimeSpan.Zero ? $"Backoff must be zero or more, but is {options.Backoff}."
        : options.Timeout <= TimeSpan.Zero ? $"Timeout must be more than zero, but is {options.Timeout}."
        : null;

    private static string? ProblemOfText(EnqueueOptions options)
    {
        if (!IsAbsentOrShortText(options.CorrelationId) || !IsAbsentOrShortText(options.Tenant))
        {
            return $"CorrelationId and Tenant must be 1 to {MaxText} characters without control characters.";
        }

        if (options.Headers is { } headers)
        {
            foreach (var (name, value) in headers)
            {
                if (ProblemOfHeader(name, value) is { } problem)
                {
                    return $"The header '{name}' cannot be sent: {problem}.";
                }
            }
        }

        return null;
    }

    private static string? ProblemOfHeader(string name, string? value) =>
        name.Length is 0 or > MaxHeaderName || name.AsSpan().ContainsAnyExcept(HeaderLetters) ? $"its name must be 1 to {MaxHeaderName} of a-z and 0-9"
        : name.StartsWith("job", StringComparison.Ordinal) ? "names that start with 'job' are reserved"
        : Reserved.Contains(name) ? "its name is an attribute of CloudEvents"
        : !IsText(value) ? "its value must be text without control characters"
        : null;

    private static string? ProblemOfPriority(JobPriority? priority, QueueSettings queue) =>
        priority is { } level && !queue.Priorities.Contains(level)
            ? $"The queue '{queue.Name}' does not offer the priority {level}, only {string.Join(", ", queue.Priorities)}; add it to Jobs:Queues:{queue.Name}:Priorities."
            : null;

    private static bool IsAbsentOrShortText(string? value) => value is null || (value.Length is > 0 and <= MaxText && IsText(value));

    private static bool IsText(string? value) => value is not null && value.AsSpan().IndexOfAnyInRange('\0', '\u001F') < 0;
}
