namespace Jobs.Benchmarks.Serializer;

/// <summary>The same JSON as <see cref="WelcomeEnvelope"/> in what System.Text.Json reads fastest: a class with setters, of which nothing is required.</summary>
public sealed class LenientEnvelope
{
    public Guid UserId { get; set; }

    public string Template { get; set; } = "";
}
