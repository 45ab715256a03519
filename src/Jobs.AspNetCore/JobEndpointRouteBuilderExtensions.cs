using System.Diagnostics.CodeAnalysis;
using Jobs.AspNetCore;
using Jobs.Catalog;
using Jobs.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs;

/// <summary>Maps endpoints by which web clients enqueue, watch and cancel jobs.</summary>
public static class JobEndpointRouteBuilderExtensions
{
    /// <summary>Maps the endpoints for clients. They answer 403 until a policy is named: <c>app.MapJobs().RequireAuthorization("policy")</c>, or
    /// <c>AllowAnonymous()</c>.</summary>
    /// <remarks><c>POST {prefix}/{name}</c> enqueues, <c>GET {prefix}/{id}</c> tells the status, <c>GET {prefix}/{id}/events</c> streams it, <c>GET {prefix}/{id}/result</c>
    /// gives the result, <c>DELETE {prefix}/{id}</c> or <c>POST {prefix}/{id}/cancel</c> cancels. Needs <c>Jobs:Status:Enabled</c>.</remarks>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">What all paths start with.</param>
    /// <param name="configure">Says which jobs may be enqueued by name; none by default.</param>
    /// <returns>The group, for conventions that apply to all of them.</returns>
    /// <exception cref="JobConfigurationException">Status is not enabled, or a job that is allowed is not known.</exception>
    public static RouteGroupBuilder MapJobs(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix = "/jobs", Action<JobEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = new JobEndpointOptions();
        configure?.Invoke(options);
        var services = endpoints.ServiceProvider;
        if (!Settings(services).Status.Enabled)
        {
            throw new JobConfigurationException($"{nameof(MapJobs)} tells the status of jobs, which is not kept. Set 'Jobs:Status:Enabled' to true, for producers and workers.");
        }

        var gate = GateOf(services, nameof(MapJobs));
        var jobs = new JobAccess(options);
        var group = endpoints.MapGroup(prefix);
        if (options.Allowed.Count > 0)
        {
            Map(group, "POST", "/{name}", new EnqueueEndpoint(Find(services.GetRequiredService<JobCatalog>(), options.Allowed)).InvokeAsync, gate);
        }

        Map(group, "GET", "/{id}", jobs.For(new StatusEndpoint(options).InvokeAsync), gate);
        Map(group, "GET", "/{id}/result", jobs.For(new ResultEndpoint(options).InvokeAsync), gate);
        Map(group, "GET", "/{id}/events", new EventsEndpoint(jobs, options).InvokeAsync, gate);
        Map(group, "POST", "/{id}/cancel", jobs.For(CancelEndpoint.InvokeAsync), gate);
        Map(group, "DELETE", "/{id}", jobs.For(CancelEndpoint.InvokeAsync), gate);
        return group;
    }

    /// <summary>Maps the endpoint for operators: <c>POST {prefix}/{id}/retry</c> sends a dead letter back to its queue. It answers 403 until a policy is named, which should
    /// be another one than that of <see cref="MapJobs"/>.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">What all paths start with.</param>
    public static RouteGroupBuilder MapJobsAdmin(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix = "/admin/jobs")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        Settings(endpoints.ServiceProvider);
        var group = endpoints.MapGroup(prefix);
        Map(group, "POST", "/{id}/retry", RetryEndpoint.InvokeAsync, GateOf(endpoints.ServiceProvider, nameof(MapJobsAdmin)));
        return group;
    }

    // A delegate that takes the context needs no generated code around it, so this works natively in a library too.
    private static void Map(RouteGroupBuilder group, string method, string pattern, RequestDelegate endpoint, AuthorizationGate gate) =>
        group.MapMethods(pattern, [method], gate.Guard(endpoint));

    private static JobsOptions Settings(IServiceProvider services) => services.GetService<JobCatalog>() is null
        ? throw new InvalidOperationException("Jobs is not added to this host: call builder.AddJobs(…) before the endpoints are mapped.")
        : services.GetRequiredService<IOptions<JobsOptions>>().Value;

    private static AuthorizationGate GateOf(IServiceProvider services, string method) => new(method, services.GetRequiredService<ILoggerFactory>().CreateLogger("Jobs.AspNetCore"));

    private static Dictionary<string, JobRegistration> Find(JobCatalog catalog, IReadOnlyList<string> names)
    {
        var jobs = new Dictionary<string, JobRegistration>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            jobs[name] = catalog.All.FirstOrDefault(job => string.Equals(job.Definition.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? throw new JobConfigurationException($"{nameof(MapJobs)} allows job '{name}', which this host does not know. {ConfigurationNames.Hint(name, catalog.All.Select(static job => job.Definition.Name))}");
        }

        return jobs;
    }
}
