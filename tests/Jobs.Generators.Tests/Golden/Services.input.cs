namespace Shop;

public interface IStore;

public sealed class Options
{
    public int Size { get; set; }
}

public class ReportJobs(IStore store, TimeProvider time, Options? options = null, int retries = 3) : IDisposable
{
    public object All => (store, time, options, retries);

    [Job]
    public void Build(
        [Service] Options required, int year, IServiceProvider services, IStore? optional,
        [Microsoft.Extensions.DependencyInjection.FromKeyedServices("cold")] IStore cold, JobContext context)
    {
    }

    public void Dispose() => GC.SuppressFinalize(this);
}
