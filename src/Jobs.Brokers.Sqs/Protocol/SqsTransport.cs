using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Amazon.Runtime;
using Jobs.Brokers.Sqs.Protocol.Http;
using Jobs.Brokers.Sqs.Protocol.Signing;
using Microsoft.Extensions.Logging;
using Jobs.Brokers.Sqs.Protocol.Answers;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>Carries requests to SQS and answers back: signs, sends, tries again, and says what went wrong. Safe for concurrent use.</summary>
internal sealed class SqsTransport : IDisposable
{
    private const string ContentType = "application/x-amz-json-1.0";
    private const int SignedHeaders = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Less is not what a signature is refused for.
    private static readonly TimeSpan LeastSkew = TimeSpan.FromMinutes(1);

    private readonly SqsClientOptions _options;
    private readonly SqsCredentials _credentials;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RetryBudget _budget;
    private readonly HttpMessageInvoker _http;
    private readonly Lazy<Target> _target;
    private long _skew;

    public SqsTransport(SqsClientOptions options, SqsCredentials credentials, Func<string, string?> environment, TimeProvider time, ILogger logger, RetryBudget budget)
    {
        (_options, _credentials, _time, _logger, _budget) = (options, credentials, time, logger, budget);
        Health = new SqsHealth(time, logger);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = options.MaxConnections,
            ConnectTimeout = options.ConnectTimeout,
            // New addresses of the service are found in time.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            AllowAutoRedirect = false,
            UseCookies = false,
            // Long polls would be spans of their own, day and night; a job's span goes with its document.
            ActivityHeadersPropagator = null,
        });
        // Not until the first request, and again after a failure: it may ask the machine's metadata service.
        _target = new Lazy<Target>(
            () =>
            {
                var endpoint = SqsEndpoint.Resolve(options, environment);
                return new Target(endpoint, new RequestSigner(endpoint.Region, "sqs"), new BlockingHttp(endpoint, options.ConnectTimeout, time));
            },
            LazyThreadSafetyMode.PublicationOnly);
    }

    public SqsHealth Health { get; }

    /// <exception cref="JobConfigurationException">No region is known.</exception>
    public SqsEndpoint Endpoint => TargetOrThrow().Endpoint;

    /// <summary>Asks for something, and again where that may help.</summary>
    /// <param name="action">What.</param>
    /// <param name="about">The queue, for messages.</param>
    /// <param name="request">Its body; the caller's again when the task ends.</param>
    /// <param name="wait">How long SQS itself may wait before it answers.</param>
    /// <param name="isRepeatable">False where what was perhaps done must not be asked for again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SqsException">It failed.</exception>
    public async ValueTask<SqsAnswer> AskAsync(SqsAction action, string about, SqsRequest request, TimeSpan wait, bool isRepeatable, CancellationToken cancellationToken)
    {
        var isCorrected = false;
        for (int tries = 1, taken = 0; ; tries++)
        {
            SqsException error;
            DateTimeOffset? serverTime = null;
            try
            {
                var answer = await SendAsync(action, request.Body, wait, cancellationToken).ConfigureAwait(false);
                if (answer.Status == HttpStatusCode.OK)
                {
                    Health.Answered();
                    _budget.Give(taken);
                    return answer.Content;
                }

                (error, serverTime) = (Refusal(action, about, answer), answer.Date);
            }
            catch (SqsException exception)
            {
                error = exception;
            }

            if (!isCorrected && Correct(error, serverTime))
            {
                isCorrected = true;
                continue;
            }

            if (!error.IsRetryable || (error.IsOutcomeUnknown && !isRepeatable) || tries >= _options.MaxTries || (taken = _budget.TryTake(error.Kind)) == 0)
            {
                Health.Failed(error);
                throw error;
            }

            SqsLog.Retrying(_logger, action.Name, tries, error.Message);
            await PauseAsync(tries, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Asks for something once, on the calling thread.</summary>
    /// <param name="action">What.</param>
    /// <param name="about">The queue, for messages.</param>
    /// <param name="request">Its body.</param>
    /// <param name="timeout">For all of it.</param>
    /// <exception cref="SqsException">It failed.</exception>
    public SqsAnswer Ask(SqsAction action, string about, SqsRequest request, TimeSpan timeout)
    {
        var target = TargetOrThrow();
        HttpAnswer answer;
        try
        {
            var headers = Sign(target, action, request.Body.Span, _credentials.GetLast());
            answer = HasProxy(target.Endpoint.Address) ? SendByProxy(target, headers, request.Body, timeout) : target.Blocking.Send(headers, request.Body.Span, timeout);
        }
        catch (Exception exception) when (exception is IOException and not SqsException or SocketException or TimeoutException or HttpRequestException or OperationCanceledException)
        {
            throw Lost(action, target, exception is TimeoutException or OperationCanceledException, isUnknown: true, exception);
        }

        if (answer.Status == HttpStatusCode.OK)
        {
            Health.Answered();
            return answer.Content;
        }

        var serverTime = answer.Date;
        var error = Refusal(action, about, answer);
        Correct(error, serverTime);
        throw error;
    }

    /// <summary>Waits before the next try, anything up to a limit that doubles with each.</summary>
    public Task PauseAsync(int tries, CancellationToken cancellationToken)
    {
        var limit = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, tries - 1));
        return Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * limit), _time, cancellationToken);
    }

    public void Dispose()
    {
        _http.Dispose();
        if (_target.IsValueCreated)
        {
            _target.Value.Blocking.Dispose();
        }
    }

    private async ValueTask<HttpAnswer> SendAsync(SqsAction action, ReadOnlyMemory<byte> body, TimeSpan wait, CancellationToken cancellationToken)
    {
        var target = TargetOrThrow();
        using var limit = new CancellationTokenSource(wait + _options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var isSent = false;
        try
        {
            var credentials = await _credentials.GetAsync(either.Token).ConfigureAwait(false);
            using var request = MakeRequest(target, Sign(target, action, body.Span, credentials), body);
            isSent = true;
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            var answeredAt = _time.GetTimestamp();
            // Who answers at the last moment gets as long for the rest: it may be messages that nobody else sees then.
            limit.CancelAfter(_options.RequestTimeout);
            return await ReadAsync(response, answeredAt, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Without our limit it was the connection that took too long to make.
            throw Lost(action, target, isTimeout: true, isUnknown: isSent && limit.IsCancellationRequested, exception);
        }
        catch (HttpRequestException exception)
        {
            throw Lost(action, target, isTimeout: false, isUnknown: HasReached(exception.HttpRequestError), exception);
        }
        catch (Exception exception) when (exception is IOException and not SqsException)
        {
            throw Lost(action, target, isTimeout: false, isUnknown: true, exception);
        }
    }

    private static async ValueTask<HttpAnswer> ReadAsync(HttpResponseMessage response, long answeredAt, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var bytes = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(response.Content.Headers.ContentLength ?? 0, 1024, HttpAnswer.LongestBody));
        var length = 0;
        try
        {
            while (await stream.ReadAsync(bytes.AsMemory(length), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                length += read;
                if (length == bytes.Length)
                {
                    bytes = Grow(bytes);
                }
            }
        }
        catch
        {
            // Not to the pool: a read that was given up may still write into it.
            bytes = [];
            throw;
        }

        var requestId = response.Headers.NonValidated.TryGetValues(HttpAnswer.RequestIdHeader, out var values) ? values.ToString() : null;
        return new HttpAnswer(response.StatusCode, requestId, response.Headers.Date, new SqsAnswer(bytes, length, answeredAt));
    }

    private static byte[] Grow(byte[] bytes)
    {
        if (bytes.Length >= HttpAnswer.LongestBody)
        {
            throw new InvalidDataException($"The answer is longer than {HttpAnswer.LongestBody} bytes.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(2 * bytes.Length);
        bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(bytes);
        return larger;
    }

    // A proxy is known to HttpClient alone. Making a connection needs a thread of the pool then.
    private HttpAnswer SendByProxy(Target target, List<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout, _time);
        using var request = MakeRequest(target, headers, body);
        using var response = _http.Send(request, limit.Token);
        var answeredAt = _time.GetTimestamp();
        var buffer = new BodyBuffer();
        using var stream = response.Content.ReadAsStream(limit.Token);
        while (stream.Read(buffer.Room().Span) is > 0 and var read)
        {
            buffer.Advance(read);
        }

        return new HttpAnswer(response.StatusCode, null, response.Headers.Date, new SqsAnswer(buffer.Bytes, buffer.Length, answeredAt));
    }

    private static bool HasProxy(Uri address) => !HttpClient.DefaultProxy.IsBypassed(address) && HttpClient.DefaultProxy.GetProxy(address) is not null;

    private static HttpRequestMessage MakeRequest(Target target, List<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target.Endpoint.Address) { Content = new ReadOnlyMemoryContent(body) };
        foreach (var (name, value) in headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private List<KeyValuePair<string, string>> Sign(Target target, SqsAction action, ReadOnlySpan<byte> body, ImmutableCredentials credentials)
    {
        var timestamp = (_time.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _skew))).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        var hasToken = !string.IsNullOrEmpty(credentials.Token);
        var headers = new List<KeyValuePair<string, string>>(SignedHeaders + 1)
        {
            new("content-type", ContentType),
            new("host", target.Endpoint.Host),
            new("x-amz-content-sha256", Convert.ToHexStringLower(hash)),
            new("x-amz-date", timestamp),
        };
        if (hasToken)
        {
            headers.Add(new("x-amz-security-token", credentials.Token));
        }

        headers.Add(new("x-amz-target", action.Target));
        var signed = new SignedHeaderList();
        for (var i = 0; i < headers.Count; i++)
        {
            signed[i] = new SignedHeader(headers[i].Key, headers[i].Value);
        }

        headers.Add(new("Authorization", target.Signer.Sign(credentials, timestamp, target.Endpoint.Address.AbsolutePath, signed[..headers.Count], hash)));
        return headers;
    }

    // True if the same request may succeed now.
    private bool Correct(SqsException error, DateTimeOffset? serverTime)
    {
        if (SqsErrors.MayBeClockSkew(error.Code) && serverTime is { } now)
        {
            var skew = now - _time.GetUtcNow();
            if ((skew - TimeSpan.FromTicks(Volatile.Read(ref _skew))).Duration() < LeastSkew)
            {
                return false;
            }

            Volatile.Write(ref _skew, skew.Ticks);
            SqsLog.ClockCorrected(_logger, Math.Round(skew.TotalSeconds));
            return true;
        }

        if (error.Kind == SqsErrorKind.Credentials && SqsErrors.IsExpired(error.Code))
        {
            SqsLog.CredentialsExpired(_logger);
            _credentials.Expire();
            return true;
        }

        return false;
    }

    private Target TargetOrThrow()
    {
        try
        {
            return _target.Value;
        }
        catch (JobConfigurationException exception)
        {
            Health.Misconfigured(exception);
            throw;
        }
    }

    private static SqsException Refusal(SqsAction action, string about, in HttpAnswer answer)
    {
        using (answer)
        {
            return SqsErrors.Read(action, about, answer.Status, answer.RequestId, answer.Content.Body);
        }
    }

    private static SqsException Lost(SqsAction action, Target target, bool isTimeout, bool isUnknown, Exception cause) => new(
        isTimeout ? SqsErrorKind.TimedOut : SqsErrorKind.Unreachable,
        isTimeout ? $"SQS at {target.Endpoint.Address} did not answer {action.Name} in time." : $"SQS at {target.Endpoint.Address} cannot be reached: {cause.Message}",
        cause)
    {
        Action = action.Name,
        IsRetryable = true,
        IsOutcomeUnknown = isUnknown,
    };

    private static bool HasReached(HttpRequestError error) =>
        error is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError);

    private sealed record Target(SqsEndpoint Endpoint, RequestSigner Signer, BlockingHttp Blocking);

    [System.Runtime.CompilerServices.InlineArray(SignedHeaders)]
    private struct SignedHeaderList
    {
        private SignedHeader _first;
    }
}
