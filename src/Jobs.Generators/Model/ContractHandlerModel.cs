namespace Jobs.Generators.Model;

/// <summary>The handler of one job of a contract.</summary>
/// <param name="ArgsType">The args that the contract's assembly generated, from <c>global::</c> on.</param>
/// <param name="Stem">What the handler's name starts with.</param>
/// <param name="Location">Where the method is, for error messages.</param>
/// <param name="Call">The call.</param>
internal sealed record ContractHandlerModel(string ArgsType, string Stem, string Location, CallModel Call);
