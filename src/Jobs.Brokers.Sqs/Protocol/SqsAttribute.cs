using System.Text;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>An attribute of a message, of type <c>String</c>.</summary>
/// <param name="Name">1 to 256 of <c>[A-Za-z0-9_.-]</c>.</param>
/// <param name="Value">UTF-8 text, not empty.</param>
internal readonly record struct SqsAttribute(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>What it counts towards the size of its message: name, type and value.</summary>
    public static int SizeOf(string name, ReadOnlyMemory<byte> value) => Encoding.UTF8.GetByteCount(name) + "String".Length + value.Length;
}
