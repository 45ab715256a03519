namespace Jobs.Memory;

/// <summary>Bytes that are no job document, kept as they came.</summary>
internal sealed record RawMessage(string Id, ReadOnlyMemory<byte> Bytes, string Error, DateTimeOffset ArrivedAt);
