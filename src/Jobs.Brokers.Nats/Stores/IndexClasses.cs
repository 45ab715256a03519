using System.Collections.Concurrent;
using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Which classes of entries stand in an index, so that its readers need not read all: a message for each index, to which classes are only added.
/// Safe for concurrent use.</summary>
/// <remarks>A class is added before the first entry of it is written. That it was is remembered for as long as the connection lasts: a server that is
/// killed may have forgotten it.</remarks>
internal sealed class IndexClasses(INatsClient client, StoreReader reader, StoreWriter writer, StoreNames names)
{
    // An index of more than that is read with the entries of all classes.
    private const int MostClasses = 4;

    private readonly ConcurrentDictionary<(string Index, string Classes), long> _known = new();

    /// <summary>Notes that an entry of a class is about to be written to an index.</summary>
    /// <param name="index">The index.</param>
    /// <param name="key">The key of the entry.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public ValueTask AddAsync(string index, string key, CancellationToken cancellationToken)
    {
        var reconnects = client.Reconnects;
        var classes = StoreNames.ClassesOf(key);
        return IsKnown(index, classes, reconnects) || IsKnown(index, StoreNames.AllClasses, reconnects)
            ? default
            : AddAsync(index, classes, reconnects, cancellationToken);
    }

    /// <summary>The classes that stand in an index, as <see cref="StoreNames.EntrySubjects"/> takes them; none if nothing was ever written to it.</summary>
    public async ValueTask<string[]> ReadAsync(string index, CancellationToken cancellationToken) =>
        Read(await reader.ReadAsync(names.ClassesSubject(index), mayLag: false, cancellationToken).ConfigureAwait(false));

    /// <summary>Forgets what is known of a stream that is not there any more.</summary>
    public void Forget() => _known.Clear();

    private bool IsKnown(string index, string classes, long reconnects) => _known.TryGetValue((index, classes), out var since) && since == reconnects;

    private async ValueTask AddAsync(string index, string classes, long reconnects, CancellationToken cancellationToken)
    {
        var subject = names.ClassesSubject(index);
        for (var mayLag = true; ; mayLag = false)
        {
            var message = await reader.ReadAsync(subject, mayLag, cancellationToken).ConfigureAwait(false);
            string[] known = Read(message);
            var isThere = known.Contains(classes, StringComparer.Ordinal);
            var isAll = known.Contains(StoreNames.AllClasses, StringComparer.Ordinal);
            if (!isThere && !isAll)
            {
                isAll = known.Length == MostClasses;
                var value = Encoding.UTF8.GetBytes(isAll ? StoreNames.AllClasses : string.Join('\n', [.. known, classes]));
                if (await writer.TryWriteAsync(subject, message?.Sequence ?? 0, writer.Headers(), value, cancellationToken).ConfigureAwait(false) == 0)
                {
                    continue;
                }
            }

            _known[(index, isAll ? StoreNames.AllClasses : classes)] = reconnects;
            return;
        }
    }

    private static string[] Read(StoredMessage? message) => message is null ? [] : Encoding.UTF8.GetString(message.Data.Span).Split('\n');
}
