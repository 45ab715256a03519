using Jobs;

namespace Shop.Contracts;

[JobContract]
public interface IPackingJobs
{
    [Job("packing.pack")]
    Task Pack(int order, CancellationToken cancellationToken = default);
}
