using Jobs.Messages;

namespace Jobs.Brokers.Nats.Sending;

/// <summary>What streams recognise messages by.</summary>
internal static class MessageIds
{
    /// <summary>The id of a copy of a message: its dedupe id, hashed if a header cannot hold it.</summary>
    public static string Of(JobMessage message) => Of(message.Id, message.State.Copy);

    /// <summary>The id of a copy of a job.</summary>
    public static string Of(JobId job, int copy)
    {
        var safe = SafeText.Of(job.ToString());
        return copy == 0 ? safe : $"{safe}:{copy}";
    }

    /// <summary>The id of a copy of bytes that nobody can decode.</summary>
    public static string OfUndecodable(string brokerMessageId) => $"{SafeText.Of(brokerMessageId)}:copy";
}
