namespace Jobs.Generators.Model;

internal enum WriteCondition
{
    Always,
    NotNull,
    NotDefault,
}
