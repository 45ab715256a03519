namespace Jobs.Aot.Running;

[JobHandler]
internal sealed class ContractJobs : IContractJobs
{
    public ValueTask<int> Count(string mailbox) => new(mailbox.Length);
}
