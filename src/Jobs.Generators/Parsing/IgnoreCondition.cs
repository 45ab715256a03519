namespace Jobs.Generators.Parsing;

/// <summary>The numbers of <c>System.Text.Json.Serialization.JsonIgnoreCondition</c>.</summary>
internal static class IgnoreCondition
{
    public const int Never = 0;
    public const int Always = 1;
    public const int WhenWritingDefault = 2;
    public const int WhenWritingNull = 3;
}
