namespace Jobs.Aot.Running;

/// <summary>A class that the container makes, once for each scope.</summary>
internal sealed class RegisteredJobs
{
    [Job("registered.run")]
    public ValueTask<bool> Run(string text) => new(text.Length > 0);
}
