namespace Jobs.Generators.Model;

/// <summary>How a value is written and read.</summary>
internal enum ValueKind
{
    Boolean,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Single,
    Double,
    Decimal,
    Char,
    String,
    Guid,
    DateTime,
    DateTimeOffset,
    DateOnly,
    TimeOnly,
    TimeSpan,
    Uri,
    Version,
    ByteArray,
    ReadOnlyMemoryOfByte,
    JsonElement,

    /// <summary>Left to a context of System.Text.Json.</summary>
    Delegated,

    /// <summary>A collection or object: it has a <see cref="PayloadShape"/>.</summary>
    Shape,
}
