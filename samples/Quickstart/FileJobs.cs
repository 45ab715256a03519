using System.Buffers;
using System.Security.Cryptography;
using Jobs;

namespace Quickstart;

/// <summary>The jobs of this sample: one reads a file, one records what many of them found.</summary>
public sealed class FileJobs(FileJobsClient jobs, RunProgress progress)
{
    private const int BlockSize = 128 * 1024;

    /// <summary>Reads a file and enqueues its fingerprint; that job exists only if this one succeeds.</summary>
    [Job("files.fingerprint", Queue = "files", MaxAttempts = 3, Backoff = "00:00:00.1", Timeout = "00:05:00")]
    public async Task Fingerprint(string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long bytes = 0;
            long lines = 0;
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
            int read;
            while ((read = await file.ReadAsync(block, cancellationToken)) > 0)
            {
                hash.AppendData(block, 0, read);
                bytes += read;
                lines += block.AsSpan(0, read).Count((byte)'\n');
            }

            await jobs.Record(new FileFingerprint(path, bytes, lines, Convert.ToHexStringLower(hash.GetCurrentHash())), cancellationToken: cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Writes the fingerprints of many files at once.</summary>
    [Job("files.record", Queue = "records"), Batch(Size = 500, Window = "00:00:00.5")]
    public void Record(IReadOnlyList<FileFingerprint> files, [Service] CsvFile csv)
    {
        csv.Append(files);
        progress.Recorded(files);
    }
}
