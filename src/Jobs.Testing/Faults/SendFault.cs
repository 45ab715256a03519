using Jobs.Brokers;

namespace Jobs.Testing.Faults;

/// <summary>How a send goes wrong; the default is not at all.</summary>
internal readonly record struct SendFault(bool IsSet, SendStatus Told, bool IsCarriedOut);
