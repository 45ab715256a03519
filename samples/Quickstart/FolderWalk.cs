using Jobs;

namespace Quickstart;

/// <summary>Finds the files of a folder and enqueues a job for each, in blocks.</summary>
public static class FolderWalk
{
    private const int BlockSize = 1_000;

    // Links to folders are not followed (they may lead in a circle), and nothing is skipped for being hidden.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0 };

    public static async Task EnqueueAsync(IJobClient jobs, QuickstartArguments arguments, RunProgress progress, CancellationToken stopping)
    {
        var block = new List<FileJobsClient.FingerprintArgs>(BlockSize);
        foreach (var path in Files(arguments.Folder, progress))
        {
            if (stopping.IsCancellationRequested)
            {
                break;
            }

            if (path != arguments.Output)
            {
                block.Add(new(path));
            }

            if (block.Count == BlockSize)
            {
                await FlushAsync();
            }
        }

        await FlushAsync();
        progress.AllFound();

        async Task FlushAsync()
        {
            progress.Found(block.Count);
            await jobs.EnqueueManyAsync(block, cancellationToken: stopping);
            block.Clear();
        }
    }

    private static IEnumerable<string> Files(string root, RunProgress progress)
    {
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out var folder))
        {
            FileSystemInfo[] entries;
            try
            {
                entries = new DirectoryInfo(folder).GetFileSystemInfos("*", Everything);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                progress.FolderSkipped(folder, exception.Message);
                continue;
            }

            foreach (var entry in entries)
            {
                if (!entry.Attributes.HasFlag(FileAttributes.Directory))
                {
                    yield return entry.FullName;
                }
                else if (entry.LinkTarget is null)
                {
                    folders.Push(entry.FullName);
                }
            }
        }
    }
}
