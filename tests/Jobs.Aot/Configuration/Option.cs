using Jobs.Hosting;

namespace Jobs.Aot.Configuration;

/// <summary>One option: its path below <c>Jobs</c>, what each source says, and where it must arrive.</summary>
internal sealed record Option(string Path, string FromJson, string FromEnvironment, Func<JobsOptions, IFormattable> Read)
{
    public static Option OfText(string path, string fromJson, string fromEnvironment, Func<JobsOptions, string?> read) =>
        new(path, fromJson, fromEnvironment, options => $"{read(options)}");
}
