namespace Jobs.Tests.Properties;

public enum JobKind
{
    Context,
    Static,
    Synchronous,
    Result,
    Batch,
}
