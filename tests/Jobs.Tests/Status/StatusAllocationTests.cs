using Jobs.Hosting;
using Jobs.Monitoring;
using Jobs.Settling;
using Jobs.Status;

namespace Jobs.Tests.Status;

public sealed class StatusAllocationTests
{
    // The key, 104 bytes, and what is stored, 110; the id is boxed until the code that formats it is compiled for good.
    private const double Budget = 280;

    [Fact]
    public void The_record_of_an_end_allocates_what_is_stored_and_its_key()
    {
        var recorder = new StatusRecorder(new StatusOptions(), TimeProvider.System, "worker-1");
        var facts = new StatusFacts(new JobStatus
        {
            Id = new JobId(Guid.CreateVersion7()),
            State = JobState.Running,
            Name = "test.job",
            Queue = "default",
            MaxAttempts = 5,
            EnqueuedAt = TimeProvider.System.GetUtcNow(),
            StartedAt = TimeProvider.System.GetUtcNow(),
        });
        var length = recorder.Ended(facts, Outcome.Succeeded, held: 0).Value!.Value.Length;
        Assert.InRange(length, 60, 85);

        const int Count = 1_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Count; i++)
        {
            recorder.Ended(facts, Outcome.Succeeded, held: 0);
        }

        Assert.InRange((double)(GC.GetAllocatedBytesForCurrentThread() - before) / Count, length, Budget);
    }
}
