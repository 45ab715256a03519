using System.Text;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Aot.Running;

/// <summary>What fails is retried, deferred or dead-lettered with its history, as the policy says.</summary>
internal static class FailureChecks
{
    public static async Task RunAsync(Canary canary)
    {
        using var host = await CanaryHost.StartAsync(CanaryHost.CreateBuilder(("FailureRules:Jobs.Aot.Running.OutOfStockException", "Invalid")), jobs => jobs.AddFailureHandler<NotingFailureHandler>());
        var jobs = host.Services.GetRequiredService<IJobClient>();
        var ledger = host.Services.GetRequiredService<ILedger>();
        var broker = (MemoryBroker)host.Services.GetRequiredService<IJobBroker>();

        await canary.CheckAsync("a job that fails twice succeeds the third time", async () =>
            Expect.Equal("lucky 3 True", await (await jobs.FailingJobs.ThirdTimeLucky("lucky")).ResultAsync()));

        await canary.CheckAsync("a job that always fails is dead-lettered with document and history", async () =>
        {
            var job = await jobs.FailingJobs.Always(new("gonna"));
            await ExpectFailureAsync(job, DeadLetterReason.AttemptsExhausted);
            Expect.Equal("failing.always attempts-exhausted 2 InvalidDataException", await ledger.ReadAsync($"dead {job.Id}"));

            var letter = (await broker.GetDeadLetterAsync("default", job.Id.ToString()))!;
            Expect.Equal("""{"node":{"name":"gonna","next":null,"children":null}}""", PayloadText.OfDocument(letter.Document));
            Expect.Equal("1 never gonna, 2 never gonna", string.Join(", ", letter.Message!.State.Failures.Select(failure => $"{failure.Attempt} {failure.Message}")));
            Expect.Equal("System.IO.InvalidDataException", letter.Message.State.Failures[^1].Type);
            Expect.Contains(nameof(FailingJobs.Always), letter.Message.State.Failures[^1].Stack ?? "no stack");
        });

        await canary.CheckAsync("an exception that is not retried is dead-lettered at once, derived types too", async () =>
            await ExpectFailureAsync(await jobs.FailingJobs.NotRetried(), DeadLetterReason.NotRetryable));

        await canary.CheckAsync("a job rejects itself", async () =>
            Expect.Contains("no such customer", (await ExpectFailureAsync(await jobs.FailingJobs.Rejected(), DeadLetterReason.Rejected)).Message));

        await canary.CheckAsync("a rule decides what an exception means", async () =>
            await ExpectFailureAsync(await jobs.FailingJobs.Ruled(), DeadLetterReason.NotRetryable));

        await canary.CheckAsync("a rule in configuration finds an exception by its name", async () =>
            await ExpectFailureAsync(await jobs.FailingJobs.OutOfStock("shoes"), DeadLetterReason.NotRetryable));

        await canary.CheckAsync("a deferred job runs again as the same attempt", async () =>
            Expect.Equal(1, await (await jobs.FailingJobs.Deferred()).ResultAsync()));

        await canary.CheckAsync("a timeout cancels the token and counts as a failure", async () =>
        {
            var job = await jobs.FailingJobs.TooSlow();
            await ExpectFailureAsync(job, DeadLetterReason.AttemptsExhausted);
            Expect.Equal("failing.too-slow attempts-exhausted 1 JobTimeoutException", await ledger.ReadAsync($"dead {job.Id}"));
        });

        await canary.CheckAsync("a synchronous job that ran too long is retried", async () =>
            Expect.Equal(2, await (await jobs.FailingJobs.TooSlowOnce()).ResultAsync()));

        await canary.CheckAsync("bytes that are no document are dead-lettered raw", async () =>
        {
            var key = broker.SendRaw("default", "not a document"u8.ToArray());
            Expect.Equal(" undecodable 0 ", await ledger.ReadAsync($"dead {default(JobId)}"));
            var letter = (await broker.GetDeadLetterAsync("default", key))!;
            Expect.Equal("not a document", Encoding.UTF8.GetString(letter.Document.Span));
        });

        await canary.CheckAsync("a payload that does not fit is dead-lettered with the member's name", async () =>
        {
            broker.SendRaw("default", """{"specversion":"1.0","id":"misfit","source":"/other","type":"plain.add","data":{"a":"one"}}"""u8.ToArray());
            Expect.Contains("plain.add undecodable", await ledger.ReadAsync("dead misfit"));
            Expect.Contains("member 'a'", (await broker.GetDeadLetterAsync("default", "misfit"))!.Error ?? "no error");
        });

        await host.StopAsync();
    }

    private static async Task<JobFailedException> ExpectFailureAsync<TResult>(JobHandle<TResult> job, string reason)
    {
        var failure = await Expect.ThrowsAsync<JobFailedException>(async () => await job.ResultAsync());
        Expect.Equal(reason, failure.Reason);
        return failure;
    }
}
