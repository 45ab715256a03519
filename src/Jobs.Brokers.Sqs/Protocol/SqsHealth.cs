using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>Whether the service answers; logs each change. Safe for concurrent use.</summary>
internal sealed class SqsHealth(TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private volatile BrokerHealth _now = new(BrokerStatus.Reconnecting, time.GetUtcNow(), "No request was sent yet.");

    public BrokerHealth Now => _now;

    /// <summary>It answered, if only to refuse.</summary>
    public void Answered()
    {
        if (_now.Status != BrokerStatus.Connected)
        {
            Become(BrokerStatus.Connected, null);
        }
    }

    /// <summary>A request failed for good.</summary>
    public void Failed(SqsException error)
    {
        switch (error.Kind)
        {
            case SqsErrorKind.Credentials or SqsErrorKind.ClockSkew:
                Become(BrokerStatus.Failed, error.Message);
                break;
            case SqsErrorKind.Unreachable or SqsErrorKind.TimedOut or SqsErrorKind.ServiceFailed or SqsErrorKind.BadAnswer:
                Become(BrokerStatus.Reconnecting, error.Message);
                break;
            default:
                Answered();
                break;
        }
    }

    /// <summary>It cannot even be asked until someone mends something.</summary>
    public void Misconfigured(JobConfigurationException error) => Become(BrokerStatus.Failed, error.Message);

    private void Become(BrokerStatus status, string? error)
    {
        lock (_lock)
        {
            var last = _now;
            if (last.Status == status && last.Error == error)
            {
                return;
            }

            _now = new BrokerHealth(status, last.Status == status ? last.Since : time.GetUtcNow(), error);
            if (last.Status == status && status != BrokerStatus.Failed)
            {
                return;
            }
        }

        switch (status)
        {
            case BrokerStatus.Connected:
                SqsLog.Connected(logger);
                break;
            case BrokerStatus.Reconnecting:
                SqsLog.Disconnected(logger, error!);
                break;
            default:
                SqsLog.MustBeMended(logger, error!);
                break;
        }
    }
}
