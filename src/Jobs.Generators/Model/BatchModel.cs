namespace Jobs.Generators.Model;

/// <summary>How a job accumulates. Its args wrap one item, whose JSON they take as their own.</summary>
internal sealed record BatchModel(int Size, long WindowTicks, PayloadTypeModel Item)
{
    /// <summary>The item's parameter in the client.</summary>
    public const string ParameterName = "item";

    /// <summary>The item's property in the args.</summary>
    public const string PropertyName = "Item";
}
