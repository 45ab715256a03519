using System.Globalization;
using System.Text;
using Jobs.Benchmarks.Ratios;

namespace Jobs.Benchmarks.Nats;

/// <summary>Pull, then acknowledge: one thread, two requests of a thousand under way, one acknowledgement in a thousand confirmed.</summary>
internal sealed class BareNatsProcess(NatsBench bench, int credit) : IBenchPath
{
    public string Name => "bare pull and acknowledge loop";

    public Task PrepareAsync(int jobs)
    {
        bench.Reset();
        bench.Enqueue(jobs);
        return Task.CompletedTask;
    }

    public Task RunAsync(int jobs)
    {
        using var nats = bench.Connect();
        var next = bench.NextSubject;
        var pull = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"batch":{{credit}},"expires":30000000000}"""));
        nats.Publish(next, isAnswered: true, pull).Publish(next, isAnswered: true, pull).Flush();
        var unconfirmed = 0;
        for (var done = 0; done < jobs || unconfirmed > 0;)
        {
            nats.Read(out var replyTo, out _);
            if (replyTo.IsEmpty)
            {
                unconfirmed--;
                continue;
            }

            done++;
            var isLast = done % credit == 0 || done == jobs;
            unconfirmed += isLast ? 1 : 0;
            nats.Publish(replyTo, isLast, "+ACK"u8);
            if (isLast && done < jobs)
            {
                nats.Publish(next, isAnswered: true, pull);
            }

            if (isLast || !nats.HasInput)
            {
                nats.Flush();
            }
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => default;
}
