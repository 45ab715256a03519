using Jobs.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting;

/// <summary>Binds the options to the configuration section <c>Jobs</c>.</summary>
/// <remarks>A section with mistakes is not bound: the binder would stop at the first, or not see it. <see cref="JobsOptionsValidation"/> reports them all.</remarks>
internal sealed class JobsOptionsSetup(IServiceProvider services, JobsRegistry registry) : IConfigureOptions<JobsOptions>
{
    public void Configure(JobsOptions options)
    {
        if (SectionOf(services) is { } section && JobsSection.Check(section, registry).Count == 0)
        {
            section.Bind(options);
        }
    }

    /// <summary>The section, or null in a host without configuration.</summary>
    public static IConfigurationSection? SectionOf(IServiceProvider services) =>
        services.GetService<IConfiguration>()?.GetSection(JobsOptions.SectionName);
}
