using Jobs.Brokers.Sqs;

namespace Jobs.Brokers.Tests.Sqs;

/// <summary>The SQS broker with each queue of the suite in the FIFO lane.</summary>
public sealed class SqsFifoFixture : SqsFixture
{
    private static readonly string[] Queues = ["work", "other", "children", "declared", "same", "absent"];

    public override bool HasNoPriorities => true;

    private protected override SqsBrokerOptions Options
    {
        get
        {
            var options = OptionsOf();
            foreach (var queue in Queues)
            {
                options.FifoQueues.Add(queue);
            }

            return options;
        }
    }
}
