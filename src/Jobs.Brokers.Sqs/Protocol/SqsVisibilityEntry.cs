namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>For how long a received message is to stay hidden.</summary>
/// <param name="ReceiptHandle">As <see cref="SqsMessage.ReceiptHandle"/>.</param>
/// <param name="VisibilitySeconds">From now, 0 to 43,200; SQS refuses what ends more than 12 hours after the receive.</param>
internal readonly record struct SqsVisibilityEntry(ReadOnlyMemory<byte> ReceiptHandle, int VisibilitySeconds);
