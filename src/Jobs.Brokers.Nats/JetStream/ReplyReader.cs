using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>Reads a reply; called by the thread that reads, so it neither waits nor throws.</summary>
/// <returns>False if it is something else.</returns>
internal delegate bool ReplyReader<T>(in NatsMessage reply, out T answer);
