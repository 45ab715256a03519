using System.ComponentModel;

namespace Jobs.Serialization;

/// <summary>What generated serializers call: everything about JSON that no single payload type needs alone.</summary>
/// <remarks>For generated code; it may change with the generator. All members are safe for concurrent use.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class JobJson;
