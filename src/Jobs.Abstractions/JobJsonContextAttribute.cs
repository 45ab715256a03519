using System.Text.Json.Serialization;

namespace Jobs;

/// <summary>Names a <see cref="JsonSerializerContext"/> for what the generated serializer cannot write itself: polymorphic types, types
/// with a converter, framework types.</summary>
/// <remarks>Only such types are left to the context, wherever they stand in a payload or result, and only if it has
/// <c>[JsonSerializable]</c> for exactly that type; their JSON is then what the context's options make of it. On a method, on its class or
/// interface, or on the assembly; the nearest one that covers the type is taken.</remarks>
/// <param name="context">The context: a type that derives from <see cref="JsonSerializerContext"/>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Assembly, AllowMultiple = true, Inherited = false)]
public sealed class JobJsonContextAttribute(Type context) : Attribute
{
    /// <summary>The context.</summary>
    public Type Context { get; } = context;
}
