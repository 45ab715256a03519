namespace Jobs.Brokers.Sqs;

/// <summary>Where SQS is, and as whom, in one text: <c>sqs://eu-central-1</c>, or <c>http://key:secret@localhost:4566?region=us-east-1</c>.</summary>
internal sealed record SqsConnectionString
{
    private static readonly SqsConnectionString None = new();

    public string? Region { get; private init; }

    public Uri? Endpoint { get; private init; }

    public string? AccessKey { get; private init; }

    public string? SecretKey { get; private init; }

    /// <exception cref="JobConfigurationException">It is no such text. The message does not repeat it, for it may hold a secret.</exception>
    public static SqsConnectionString Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("sqs" or "http" or "https") || url.Host.Length == 0)
        {
            throw Invalid("it is neither 'sqs://region' nor a URL");
        }

        var credentials = url.UserInfo.Split(':', 2);
        if (url.UserInfo.Length > 0 && (credentials.Length < 2 || credentials[0].Length == 0 || credentials[1].Length == 0))
        {
            throw Invalid("before the '@' there must be an access key, a ':' and its secret");
        }

        var isRegion = url.Scheme == "sqs";
        var region = RegionOf(url);
        if (isRegion && region is not null)
        {
            throw Invalid("'sqs://' is followed by the region, which must not be there twice");
        }

        return new SqsConnectionString
        {
            Region = isRegion ? url.Host : region,
            Endpoint = isRegion ? null : new Uri(url.GetLeftPart(UriPartial.Path).Replace($"{url.UserInfo}@", "", StringComparison.Ordinal)),
            AccessKey = url.UserInfo.Length > 0 ? Uri.UnescapeDataString(credentials[0]) : null,
            SecretKey = url.UserInfo.Length > 0 ? Uri.UnescapeDataString(credentials[1]) : null,
        };
    }

    private static string? RegionOf(Uri url)
    {
        string? region = null;
        foreach (var part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            region = part.StartsWith("region=", StringComparison.OrdinalIgnoreCase) && part.Length > "region=".Length
                ? part["region=".Length..]
                : throw Invalid("behind the '?' only 'region=…' is known");
        }

        return region;
    }

    private static JobConfigurationException Invalid(string reason) => new(
        $"The connection string of SQS ({SqsBrokerOptions.SectionName}:{nameof(SqsBrokerOptions.ConnectionString)}, ConnectionStrings:jobs-sqs or ConnectionStrings:jobs) is not valid: {reason}. "
        + "Write 'sqs://eu-central-1', or 'http://key:secret@localhost:4566?region=us-east-1' for an emulator; or leave it out, and the environment says where and as whom.");
}
