using Jobs.Hosting;

namespace Jobs.Aot.Configuration;

/// <summary>One option: its path below <c>Jobs</c>, what each source says, and where it must arrive.</summary>
internal sealed record Option(string Path, string FromJson, string FromEnvironment, Func<JobsOptions, FormattableString> Read);
