namespace Jobs.Tests.Versioning;

/// <summary>Jobs with a past: two versions before the present one, a former name, and a batch that changed.</summary>
public static class MailJobs
{
    [Job("mail.send", Version = 3, Aliases = ["mail.post", "Mail.Send"])]
    public static void Send(string to, int retries, bool urgent, [Service] RunLog log) => log.Add($"{to} {retries} {urgent}");

    [JobUpcast(nameof(Send), 1)]
    public static SendV2 SendFromV1(SendV1 old) => new(old.Address, old.Retries ?? 5);

    [JobUpcast(nameof(Send), 2)]
    public static MailJobsClient.SendArgs SendFromV2(SendV2 old) => new(old.To, old.Retries >= 0 ? old.Retries : throw new InvalidOperationException("no such number of retries"), Urgent: false);

    [Job("mail.track", Version = 2), Batch(Size = 10, Window = "00:00:01")]
    public static void Track(IReadOnlyList<View> views, [Service] RunLog log) => log.Add(string.Join(" ", views.Select(view => view.Url)));

    [JobUpcast(nameof(Track), 1)]
    public static MailJobsClient.TrackArgs TrackFromV1(ViewV1 old) => new(new View($"https://{old.Host}/"));

    public sealed record SendV1(string Address, int? Retries = null);

    public sealed record SendV2(string To, int Retries);

    public sealed record ViewV1(string Host);

    public sealed record View(string Url);
}
