using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>Reads the messages of a stream, or of some subjects, in their order, once. Safe for concurrent use.</summary>
/// <remarks>By a consumer of its own, which is made again where it was when the server has forgotten it or the connection was lost. What is stored while
/// it reads may be read or not.</remarks>
internal sealed class StreamScan(INatsClient client, JetStreamClient jetStream, TimeProvider time)
{
    private const int AtOnce = 500;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Short, for what was deleted after it was counted never comes.
    private static readonly TimeSpan PullTime = TimeSpan.FromSeconds(1);
    private static readonly byte[] Pull = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"batch":{{AtOnce}},"expires":{{PullTime.Ticks * 100}}}"""));

    /// <param name="stream">The stream.</param>
    /// <param name="subject">A subject, which may have wildcards, or null: all.</param>
    /// <param name="from">The place to begin at.</param>
    /// <param name="headersOnly">True leaves the payloads out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="JetStreamException">JetStream is not available, or the stream is not there.</exception>
    public async IAsyncEnumerable<StoredMessage> ReadAsync(
        string stream, string? subject, ulong from, bool headersOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tries = new Tries(time, Patience);
        while (true)
        {
            var name = $"scan-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
            var next = jetStream.NextMessageSubject(stream, name);
            using var inbox = new Inbox(client);
            var left = await jetStream.CreateReaderAsync(stream, name, subject, from, headersOnly, cancellationToken).ConfigureAwait(false);
            var begun = from;
            Exception? error = null;
            try
            {
                for (var asked = 0; left > 0; asked--)
                {
                    if (asked == 0)
                    {
                        error = TryPull(next, inbox.Subject);
                        asked = AtOnce;
                    }

                    var taken = error is null ? await inbox.TakeAsync(AnswerTime, time, cancellationToken).ConfigureAwait(false) : default;
                    if (taken.Message is not { } message)
                    {
                        error ??= taken.Status == 0
                            ? new NatsTimeoutException(stream, AnswerTime)
                            : new JetStreamException(JetStreamErrorKind.Unavailable, taken.Status, 0, $"JetStream hands out nothing of '{stream}' (status {taken.Status}).");
                        break;
                    }

                    from = message.Sequence + 1;
                    left = taken.Left;
                    yield return message;
                }
            }
            finally
            {
                // Where nobody answers, it is left to its end.
                if (error is not NatsException)
                {
                    await ForgetAsync(stream, name, cancellationToken).ConfigureAwait(false);
                }
            }

            if (left <= 0)
            {
                yield break;
            }

            if (from > begun)
            {
                tries = new Tries(time, Patience);
            }
            else
            {
                await tries.WaitAsync(error!, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private NatsException? TryPull(byte[] subject, byte[] inbox)
    {
        try
        {
            client.Publish(subject, inbox, default, Pull);
            return null;
        }
        catch (NatsException error)
        {
            return error;
        }
    }

    // The server forgets it by itself, only later.
    private async ValueTask ForgetAsync(string stream, string name, CancellationToken cancellationToken)
    {
        try
        {
            await jetStream.DeleteConsumerAsync(stream, name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NatsException or JetStreamException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    private readonly record struct Taken(StoredMessage? Message, long Left, int Status);

    private sealed class Inbox : IMessageHandler, IDisposable
    {
        private readonly Channel<Taken> _messages = Channel.CreateUnbounded<Taken>(new UnboundedChannelOptions { SingleReader = true });
        private readonly INatsSubscription _subscription;

        public Inbox(INatsClient client)
        {
            var subject = client.NewInbox();
            Subject = Encoding.ASCII.GetBytes(subject);
            _subscription = client.Subscribe(subject, this);
        }

        public byte[] Subject { get; }

        // Neither message nor status if nothing comes.
        public async ValueTask<Taken> TakeAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
        {
            if (_messages.Reader.TryRead(out var taken))
            {
                return taken;
            }

            using var limit = new CancellationTokenSource(atMost, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                return await _messages.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return default;
            }
        }

        public void Dispose() => _subscription.Dispose();

        void IMessageHandler.OnMessage(in NatsMessage message)
        {
            if (!AckSubject.TryParse(message.ReplyTo, out var ack))
            {
                _messages.Writer.TryWrite(new Taken(null, 0, message.Status));
                return;
            }

            _messages.Writer.TryWrite(new Taken(
                new StoredMessage
                {
                    Subject = Encoding.UTF8.GetString(message.Subject),
                    Sequence = ack.StreamSequence,
                    Time = ack.Time,
                    HeaderBlock = message.HeaderBlock.ToArray(),
                    Data = message.Payload.ToArray(),
                },
                (long)ack.Pending,
                0));
        }

        void IMessageHandler.OnRefused(NatsPermissionException error)
        {
            // Then nothing comes, which is what the reader hears.
        }
    }
}
