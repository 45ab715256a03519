using Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Orders;

/// <summary>Adds the jobs of this assembly with the services that they need.</summary>
public static class OrdersServices
{
    public static IJobsBuilder AddOrders(this IJobsBuilder jobs)
    {
        jobs.Services.AddSingleton<IOrderStore, DemoOrderStore>();
        jobs.Services.AddSingleton<IMailer, FlakyMailer>();
        return jobs.AddOrdersJobs();
    }
}
