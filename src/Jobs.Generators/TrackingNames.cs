namespace Jobs.Generators;

/// <summary>The stages of the pipeline, by which tests see whether an edit re-ran them.</summary>
internal static class TrackingNames
{
    public const string Jobs = nameof(Jobs);
    public const string Clients = nameof(Clients);
    public const string ClientNames = nameof(ClientNames);
    public const string Handlers = nameof(Handlers);
    public const string Language = nameof(Language);
    public const string Assembly = nameof(Assembly);
    public const string ClientSources = nameof(ClientSources);
    public const string Registration = nameof(Registration);
}
