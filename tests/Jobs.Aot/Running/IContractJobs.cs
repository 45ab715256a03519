namespace Jobs.Aot.Running;

[JobContract]
internal interface IContractJobs
{
    [Job("contract.count")]
    ValueTask<int> Count(string mailbox);
}
