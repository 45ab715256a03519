using Jobs.AspNetCore;
using Microsoft.AspNetCore.Http;

namespace Jobs;

/// <summary>An answer about jobs beside those of <see cref="Microsoft.AspNetCore.Http.Results"/>.</summary>
public static class JobResultExtensions
{
    extension(Microsoft.AspNetCore.Http.Results)
    {
        /// <summary>202, with the <c>Location</c> of the job's status. Before C# 14: <c>new AcceptedJob(handle)</c>.</summary>
        /// <param name="handle">The job; one with a result converts.</param>
        /// <param name="prefix">The prefix given to <see cref="JobEndpointRouteBuilderExtensions.MapJobs"/>.</param>
        public static IResult AcceptedJob(JobHandle handle, string prefix = "/jobs") => new AcceptedJob(handle, prefix);
    }
}
