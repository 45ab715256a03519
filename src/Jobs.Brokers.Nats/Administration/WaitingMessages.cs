using System.Text;
using System.Threading.Channels;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Administration;

/// <summary>Takes messages that wait at a consumer, once, without waiting for more.</summary>
internal sealed class WaitingMessages : IMessageHandler, IDisposable
{
    // Of the statuses that end a pull: there is nothing, or nothing more.
    private const int NoMessages = 404;
    private const int Ended = 408;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Channel<byte[]> _taken = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly INatsClient _client;
    private readonly TimeProvider _time;
    private readonly INatsSubscription _subscription;
    private readonly int _most;
    private int _count;

    private WaitingMessages(INatsClient client, int most, TimeProvider time)
    {
        (_client, _most, _time) = (client, most, time);
        _subscription = client.Subscribe(client.NewInbox(), this);
    }

    /// <param name="client">The connection.</param>
    /// <param name="subject">Where to pull from: <see cref="JetStreamClient.NextMessageSubject"/>.</param>
    /// <param name="most">How many are taken at most.</param>
    /// <param name="time">The clock of waits.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Where to acknowledge each; none if nothing waits.</returns>
    /// <exception cref="JetStreamException">The consumer cannot hand out now.</exception>
    public static async ValueTask<IReadOnlyList<byte[]>> TakeAsync(INatsClient client, byte[] subject, int most, TimeProvider time, CancellationToken cancellationToken)
    {
        using var messages = new WaitingMessages(client, most, time);
        return await messages.TakeAsync(subject, cancellationToken).ConfigureAwait(false);
    }

    void IMessageHandler.OnMessage(in NatsMessage message)
    {
        switch (message.Status)
        {
            case 0:
                _taken.Writer.TryWrite(message.ReplyTo.ToArray());
                if (++_count == _most)
                {
                    _taken.Writer.TryComplete();
                }

                break;
            case NoMessages or Ended:
                _taken.Writer.TryComplete();
                break;
            default:
                var text = Encoding.UTF8.GetString(message.Headers.StatusText);
                _taken.Writer.TryComplete(new JetStreamException(JetStreamErrorKind.Unavailable, message.Status, 0, $"JetStream hands out nothing: {text} (status {message.Status})."));
                break;
        }
    }

    void IMessageHandler.OnRefused(NatsPermissionException error) => _taken.Writer.TryComplete(error);

    public void Dispose() => _subscription.Dispose();

    private async ValueTask<IReadOnlyList<byte[]>> TakeAsync(byte[] subject, CancellationToken cancellationToken)
    {
        _client.Publish(subject, Encoding.ASCII.GetBytes(_subscription.Subject), default, Encoding.ASCII.GetBytes($$"""{"batch":{{_most}},"no_wait":true}"""));
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var taken = new List<byte[]>();
        try
        {
            await foreach (var reply in _taken.Reader.ReadAllAsync(either.Token).ConfigureAwait(false))
            {
                taken.Add(reply);
            }
        }
        catch (Exception) when (taken.Count > 0 && !cancellationToken.IsCancellationRequested)
        {
            // What has come is ours, however the rest ended: the next pull tells.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A consumer that was deleted meanwhile, or a connection that ended, answers nothing.
            throw new JetStreamException(JetStreamErrorKind.Unavailable, 0, 0, $"JetStream did not answer within {Patience.TotalSeconds:0} s.");
        }

        return taken;
    }
}
