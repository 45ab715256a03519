using System.Net;
using Jobs.Brokers.Sqs.Protocol.Answers;

namespace Jobs.Brokers.Sqs.Protocol.Http;

/// <summary>An answer, whatever its status. Dispose it once read, and only once.</summary>
/// <param name="Status">Of the answer.</param>
/// <param name="RequestId">For the support of AWS; null if it has none.</param>
/// <param name="Date">When it was given, by the clock of who gave it; null if it does not say.</param>
/// <param name="Content">The body.</param>
internal readonly record struct HttpAnswer(HttpStatusCode Status, string? RequestId, DateTimeOffset? Date, SqsAnswer Content) : IDisposable
{
    /// <summary>The header that names the request.</summary>
    public const string RequestIdHeader = "x-amzn-RequestId";

    /// <summary>The longest body that is read: ten messages of the largest size, in the most wasteful notation.</summary>
    public const int LongestBody = 64 * 1024 * 1024;

    public void Dispose() => Content.Dispose();
}
