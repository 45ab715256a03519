namespace Jobs.Generators.Model;

/// <summary>The shape of what a job's method returns.</summary>
internal enum ReturnKind
{
    Nothing,
    Value,
    Task,
    TaskOfValue,
    ValueTask,
    ValueTaskOfValue,
}
