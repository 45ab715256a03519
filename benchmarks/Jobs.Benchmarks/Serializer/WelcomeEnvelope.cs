namespace Jobs.Benchmarks.Serializer;

/// <summary>The same JSON as <c>MailJobsClient.SendWelcomeArgs</c>, and the same demands on it.</summary>
public readonly record struct WelcomeEnvelope(Guid UserId, string Template);
