using System.Collections.Concurrent;
using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.JetStream;

/// <summary>Answers requests as it is told, one after the other; the last answer again and again. An empty one is silence.</summary>
internal sealed class ScriptedJetStream(INatsClient client, params string[] answers) : IMessageHandler
{
    private readonly ConcurrentQueue<string> _received = new();
    private int _next;

    public string[] Received => [.. _received];

    public void OnMessage(in NatsMessage message)
    {
        _received.Enqueue(Encoding.UTF8.GetString(message.Subject));
        var answer = answers[Math.Min(_next++, answers.Length - 1)];
        if (answer.Length > 0)
        {
            client.Publish(message.ReplyTo, default, default, Encoding.UTF8.GetBytes(answer));
        }
    }

    public void OnRefused(NatsPermissionException error) => throw error;
}
