using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>Reads the messages of a stream, or of one subject, in their order, once. Safe for concurrent use.</summary>
/// <remarks>By a consumer of its own, which is made again where it was when the server has forgotten it or the connection was lost. What is stored while
/// it reads may be read or not.</remarks>
internal sealed class StreamScan(INatsClient client, JetStreamClient jetStream, TimeProvider time)
{
    private const int AtOnce = 500;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly byte[] Pull = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"batch":{{AtOnce}},"expires":{{AnswerTime.Ticks * 100}}}"""));

    /// <param name="stream">The stream.</param>
    /// <param name="subject">One subject, or null: all.</param>
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
            using var inbox = new Inbox(client);
            var left = await jetStream.CreateReaderAsync(stream, name, subject, from, headersOnly, cancellationToken).ConfigureAwait(false);
            var asked = 0;
            Exception? error = null;
            while (left > 0)
            {
                try
                {
                    if (asked == 0)
                    {
                        client.Publish(jetStream.NextMessageSubject(stream, name), inbox.Subject, default, Pull);
                        asked = AtOnce;
                    }
                }
                catch (NatsException exception)
                {
                    error = exception;
                    break;
                }

                if (await inbox.TakeAsync(AnswerTime, time, cancellationToken).ConfigureAwait(false) is not { } taken)
                {
                    error = new NatsTimeoutException(stream, AnswerTime);
                    break;
                }

                if (taken.Message is not { } message)
                {
                    // It has ended the pull before it was filled.
                    asked = 0;
                    continue;
                }

                asked--;
                from = message.Sequence + 1;
                left = taken.Left;
                yield return message;
            }

            if (left <= 0)
            {
                await ForgetAsync(stream, name).ConfigureAwait(false);
                yield break;
            }

            await tries.WaitAsync(error!, cancellationToken).ConfigureAwait(false);
        }
    }

    // The server forgets it by itself, only later.
    private async ValueTask ForgetAsync(string stream, string name)
    {
        try
        {
            await jetStream.DeleteConsumerAsync(stream, name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NatsException or JetStreamException or ObjectDisposedException)
        {
        }
    }

    private sealed class Inbox : IMessageHandler, IDisposable
    {
        private readonly Channel<(StoredMessage? Message, long Left)> _messages = Channel.CreateUnbounded<(StoredMessage?, long)>(new UnboundedChannelOptions { SingleReader = true });
        private readonly INatsSubscription _subscription;

        public Inbox(INatsClient client)
        {
            var subject = client.NewInbox();
            Subject = Encoding.ASCII.GetBytes(subject);
            _subscription = client.Subscribe(subject, this);
        }

        public byte[] Subject { get; }

        // Null if nothing comes.
        public async ValueTask<(StoredMessage? Message, long Left)?> TakeAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
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
                return null;
            }
        }

        public void Dispose() => _subscription.Dispose();

        void IMessageHandler.OnMessage(in NatsMessage message)
        {
            if (!AckSubject.TryParse(message.ReplyTo, out var ack))
            {
                _messages.Writer.TryWrite((null, 0));
                return;
            }

            _messages.Writer.TryWrite((
                new StoredMessage
                {
                    Subject = Encoding.UTF8.GetString(message.Subject),
                    Sequence = ack.StreamSequence,
                    Time = ack.Time,
                    HeaderBlock = message.HeaderBlock.ToArray(),
                    Data = message.Payload.ToArray(),
                },
                (long)ack.Pending));
        }

        void IMessageHandler.OnRefused(NatsPermissionException error)
        {
            // Then nothing comes, which is what the reader hears.
        }
    }
}
