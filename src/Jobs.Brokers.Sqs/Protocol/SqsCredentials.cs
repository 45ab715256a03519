using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>Whose requests they are. What expires is refreshed by the SDK in time. Safe for concurrent use.</summary>
/// <param name="find">Looks for credentials; asked again after a failure, and when the service calls them expired.</param>
internal sealed class SqsCredentials(Func<Task<AWSCredentials>> find)
{
    private AWSCredentials? _source;
    private ImmutableCredentials? _last;

    /// <summary>Those of the options; without any, what the environment, the profile, the container or the instance gives.</summary>
    public static SqsCredentials Of(SqsClientOptions options) => new(() => options switch
    {
        { AccessKey: not null, SecretKey: not null, SessionToken: null } => Task.FromResult<AWSCredentials>(new BasicAWSCredentials(options.AccessKey, options.SecretKey)),
        { AccessKey: not null, SecretKey: not null } => Task.FromResult<AWSCredentials>(new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.SessionToken)),
        { Profile: { } profile } => Task.FromResult(new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var credentials) ? credentials
            : throw new AmazonClientException($"There is no profile '{profile}' (Jobs:Sqs:Profile) in the shared configuration files, or it holds no credentials.")),
        _ => DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(),
    });

    /// <summary>Gives the credentials of now.</summary>
    /// <exception cref="SqsException">There are none, or they cannot be refreshed.</exception>
    public async ValueTask<ImmutableCredentials> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var source = Volatile.Read(ref _source) ?? await find().WaitAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _source, source);
            var credentials = await source.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _last, credentials);
            return credentials;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw Missing(exception);
        }
    }

    /// <summary>Gives the credentials that were good last, and waits for none unless there were none: for a thread that cannot.</summary>
    /// <exception cref="SqsException">There are none.</exception>
    public ImmutableCredentials GetLast()
    {
        if (Volatile.Read(ref _last) is { } last)
        {
            return last;
        }

        try
        {
            return GetAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is not SqsException)
        {
            throw Missing(exception);
        }
    }

    /// <summary>The service calls them expired or unknown: looks for others the next time.</summary>
    public void Expire()
    {
        (Volatile.Read(ref _source) as RefreshingAWSCredentials)?.ClearCredentials();
        Volatile.Write(ref _source, null);
        Volatile.Write(ref _last, null);
    }

    private static SqsException Missing(Exception cause) => new(
        SqsErrorKind.Credentials,
        $"There are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile (Jobs:Sqs:Profile), give the machine or container a role, or set Jobs:Sqs:AccessKey and Jobs:Sqs:SecretKey. {cause.Message}",
        cause);
}
