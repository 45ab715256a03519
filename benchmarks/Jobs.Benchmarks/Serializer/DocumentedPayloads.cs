namespace Jobs.Benchmarks.Serializer;

/// <summary>The payloads that are measured.</summary>
internal static class DocumentedPayloads
{
    private static readonly Guid Id = Guid.Parse("0198f2c4-6a1b-7c3d-8e4f-5a6b7c8d9e0f");

    private static readonly Order TheOrder = new(
        Id,
        "Ada Lovelace",
        new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero),
        [new OrderItem("KB-0815", 1, 89.90m), new OrderItem("MS-4711", 2, 24.50m)],
        new Address("12 Analytical Way", "London"),
        Express: true);

    /// <summary>An order with nested lines.</summary>
    public static IPayloadSerialization Order() => new PayloadSerialization<OrderJobsClient.PlaceArgs, OrderEnvelope>(
        "an order", new(TheOrder), new(TheOrder), PayloadJsonContext.Default.OrderEnvelope);

    /// <summary>The two members of the mail in <c>README.md</c>.</summary>
    public static IPayloadSerialization Welcome() => new PayloadSerialization<MailJobsClient.SendWelcomeArgs, WelcomeEnvelope>(
        "a mail", new(Id, "v1"), new(Id, "v1"), PayloadJsonContext.Default.WelcomeEnvelope);

    /// <summary>The same against what demands less than ours.</summary>
    public static IPayloadSerialization LenientWelcome() => new PayloadSerialization<MailJobsClient.SendWelcomeArgs, LenientEnvelope>(
        "a mail that nothing is demanded of", new(Id, "v1"), new() { UserId = Id, Template = "v1" }, PayloadJsonContext.Default.LenientEnvelope);
}
