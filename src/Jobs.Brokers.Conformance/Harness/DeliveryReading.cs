using System.Buffers;
using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>Reads deliveries as checks need it, before they are settled.</summary>
internal static class DeliveryReading
{
    public static JobId IdOf(this JobDelivery delivery) => Read(delivery).Id;

    public static MessageState StateOf(this JobDelivery delivery) => Read(delivery).State;

    public static byte[] DocumentOf(this JobDelivery delivery) => Read(delivery).Encoded();

    public static byte[] Encoded(this JobMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        message.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The ids, in an order that does not depend on the deliveries'.</summary>
    public static string[] Ids(this IEnumerable<JobDelivery> deliveries) => Sorted(deliveries.Select(static delivery => delivery.IdOf()));

    /// <summary>The ids, in an order that does not depend on the drafts'.</summary>
    public static string[] Ids(this IEnumerable<Draft> drafts) => Sorted(drafts.Select(static draft => draft.Id));

    private static JobMessage Read(JobDelivery delivery)
    {
        Assert.Null(delivery.DecodeError);
        Assert.NotNull(delivery.Message);
        return delivery.Message;
    }

    private static string[] Sorted(IEnumerable<JobId> ids) => [.. ids.Select(static id => id.ToString()).Order(StringComparer.Ordinal)];
}
