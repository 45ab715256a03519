using Jobs.Messages;

namespace Jobs.Brokers;

/// <summary>Takes messages in. A broker is one; so is an outbox.</summary>
/// <remarks>
/// <para>1. Safe for concurrent use.</para>
/// <para>2. Every message gets a result at its index. A refusal of one is a result, never an exception, and does not touch the others.</para>
/// <para>3. <see cref="SendStatus.Accepted"/> is as durable as the broker is configured, and passes the message on: the broker releases it.
/// For every other status the caller keeps it.</para>
/// <para>4. A message whose <see cref="JobMessage.DedupeId"/> was accepted within <see cref="BrokerFeatures.DedupeWindow"/> is
/// <see cref="SendStatus.Duplicate"/>, and no second one comes to be.</para>
/// <para>5. A message is never delivered before its <see cref="JobMessage.EffectiveDue"/>, however far away that is.</para>
/// <para>6. Cancellation ends the wait: messages not yet written are <see cref="SendStatus.Failed"/>, those written and
/// unanswered <see cref="SendStatus.Unknown"/>.</para>
/// </remarks>
public interface IJobSender
{
    /// <summary>Sends messages; <paramref name="results"/> has at least as many places.</summary>
    ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken);
}
