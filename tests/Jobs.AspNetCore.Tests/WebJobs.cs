namespace Jobs.AspNetCore.Tests;

/// <summary>The jobs that the endpoints are for.</summary>
public sealed class WebJobs(Gate gate)
{
    public sealed record Order(int Id, string Note);

    [Job("web.add")]
    public static int Add(int left, int right = 1) => left + right;

    [Job("web.order")]
    public static void Place(Order order) => _ = order;

    [Job("web.fail", MaxAttempts = 1)]
    public static void Fail(string why) => throw new InvalidOperationException(why);

    [Job("web.unique", Key = "unique:{name}", MaxAttempts = 1)]
    public static void Unique(string name)
    {
        if (name == "fails")
        {
            throw new InvalidOperationException(name);
        }
    }

    [Job("web.secret")]
    public static void Secret()
    {
    }

    /// <summary>Tells each step that the gate lets it take, and ends with the gate.</summary>
    [Job("web.hold")]
    public async Task<string> Hold(JobContext context, CancellationToken cancellationToken)
    {
        await foreach (var step in gate.StepsAsync(cancellationToken))
        {
            context.ReportProgress(step, 10, $"step {step}");
        }

        return "held\n\"done\"";
    }
}
