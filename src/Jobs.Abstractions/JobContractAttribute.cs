namespace Jobs;

/// <summary>Declares an interface whose <see cref="JobAttribute">[Job]</see> methods are enqueued here and handled elsewhere.</summary>
/// <remarks>Args, client and serializer are generated in the interface's assembly, so that a producer needs no handler.
/// A class with <see cref="JobHandlerAttribute">[JobHandler]</see> implements it in the worker.</remarks>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class JobContractAttribute : Attribute;
