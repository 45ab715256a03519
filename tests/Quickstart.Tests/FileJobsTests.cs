using System.Security.Cryptography;
using Jobs.Messages;
using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;
using Quickstart;

namespace Jobs.Tests.Quickstart;

public sealed class FileJobsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly RunProgress _progress = new();
    private readonly CsvFile _csv;

    public FileJobsTests() => _csv = new CsvFile(Output);

    private string Output => Path.Combine(_folder.FullName, "out.csv");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _csv.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_file_is_recorded_once_with_its_hash()
    {
        var expected = Enumerable.Range(0, 25).Select(number => Write($"file, {number}.txt", $"{number}\nline\n")).ToList();
        await using var host = await StartAsync();

        await WalkAsync(host);
        await host.RunUntilIdleAsync(Token);

        var rows = Rows();
        Assert.Equal(expected.Order(), rows.Select(row => row.Path).Order());
        Assert.All(rows, row => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(row.Path))), row.Sha256));
        Assert.All(rows, row => Assert.Equal("2", row.Lines));
        Assert.True(_progress.Completed.IsCompleted);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_retried_and_then_a_dead_letter_with_its_reason()
    {
        Write("good.txt", "x");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "dangling"), "/nonexistent");
        await using var host = await StartAsync();

        await WalkAsync(host);
        await host.RunUntilIdleAsync(Token);

        Assert.Equal(2, host.Count(JobOutcomeKind.Retried));
        Assert.Equal(DeadLetterReason.AttemptsExhausted, host.SingleDeadLetter().Reason);
        Assert.Contains("dangling", Assert.Single(_progress.DeadLetters).Reason, StringComparison.Ordinal);
        Assert.Single(Rows());
        Assert.True(_progress.Completed.IsCompleted);
    }

    [Fact]
    public async Task A_file_removed_while_it_is_queued_leaves_no_row()
    {
        var path = Write("short-lived.txt", "x");
        await using var host = await StartAsync();
        await WalkAsync(host, beforeRunning: () => File.Delete(path));

        await host.RunUntilIdleAsync(Token);

        host.ShouldHaveEnqueued<FileJobsClient.FingerprintArgs>(args => args.Path == path);
        host.ShouldNotHaveEnqueued<FileJobsClient.RecordArgs>();
        host.SingleDeadLetter();
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<JobTestHost> StartAsync() => JobTestHost.StartAsync(
        jobs => jobs.AddQuickstartJobs().AddMiddleware<CountRetries>().AddFailureHandler<ReportDeadLetters>(),
        new JobTestHostOptions { Services = services => services.AddSingleton(_progress).AddSingleton(_csv) },
        Token);

    private async Task WalkAsync(JobTestHost host, Action? beforeRunning = null)
    {
        // Paused, so that nothing runs before the whole folder is enqueued.
        await host.Broker.SetPausedAsync("files", paused: true, Token);
        await FolderWalk.EnqueueAsync(host.Jobs, new QuickstartArguments(_folder.FullName, Output), _progress, Token);
        beforeRunning?.Invoke();
        await host.Broker.SetPausedAsync("files", paused: false, Token);
    }

    private List<(string Path, string Lines, string Sha256)> Rows()
    {
        using var reader = new StreamReader(new FileStream(Output, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row =>
        {
            var fields = row.Split(',');
            return (string.Join(',', fields[..^3]).Trim('"'), fields[^2], fields[^1]);
        })];
    }
}
