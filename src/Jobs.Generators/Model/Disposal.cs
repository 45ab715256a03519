namespace Jobs.Generators.Model;

/// <summary>How an instance is disposed of; the asynchronous way wins where a class has both.</summary>
internal enum Disposal
{
    None,
    Synchronous,
    Asynchronous,
}
