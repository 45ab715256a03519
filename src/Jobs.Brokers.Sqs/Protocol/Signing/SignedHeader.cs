namespace Jobs.Brokers.Sqs.Protocol.Signing;

/// <summary>A header that a signature covers.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Value">Without blanks at its ends, or two in a row.</param>
internal readonly record struct SignedHeader(string Name, string Value);
