namespace Jobs.Generators.Model;

/// <summary>One generated file: the handlers of one <c>[JobHandler]</c> class.</summary>
/// <param name="Namespace">The namespace as source spells it; empty for the global one.</param>
/// <param name="Name">The name of the generated class, not escaped.</param>
/// <param name="Handlers">One per job of the contracts that the class implements.</param>
/// <param name="HintName">The file.</param>
internal sealed record HandlerClassModel(string Namespace, string Name, EquatableArray<ContractHandlerModel> Handlers, string HintName);
