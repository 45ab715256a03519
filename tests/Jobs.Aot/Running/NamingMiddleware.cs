namespace Jobs.Aot.Running;

internal sealed class NamingMiddleware : IJobMiddleware
{
    public async ValueTask InvokeAsync(JobContext context, JobDelegate next)
    {
        context.Items["middleware"] = $"around {context.Name}";
        await next(context);
    }
}
