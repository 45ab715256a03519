using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>Names a worker that has no name: machine, process id and, because containers share both, a random part.</summary>
internal sealed class WorkerNameSetup : IPostConfigureOptions<JobsOptions>
{
    public void PostConfigure(string? name, JobsOptions options) =>
        options.Worker.Name ??= string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.MachineName}:{Environment.ProcessId}:{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
}
