using System.Net;

namespace Jobs.Brokers.Conformance;

/// <summary>What a broker under test connects to.</summary>
/// <param name="Namespace">Keeps checks apart: letters, digits and <c>-</c>; another one for each check.</param>
/// <param name="Server">The server, or a proxy before it; null if the fixture has no server of its own.</param>
public sealed record BrokerTarget(string Namespace, IPEndPoint? Server);
