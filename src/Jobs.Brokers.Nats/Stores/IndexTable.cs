using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Which entries stand in which index, as far as their headers were read: about 60 bytes for each that does. Not for concurrent use.</summary>
/// <remarks>Rows stand in the order of the stream. One that is no more is marked, and taken out when half of them are. Subjects are known by a hash of
/// 64 bits: of a million the chance that two are alike is one in thirty million, and then a list misses one.</remarks>
internal sealed class IndexTable
{
    private const int None = -1;
    private const int FewRows = 1_024;

    private readonly List<Row> _rows = [];
    private readonly Dictionary<ulong, int> _places = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<IndexState> _indexes = [];
    private int _dead;

    /// <summary>How far the stream was read.</summary>
    public ulong Seen { get; set; }

    /// <summary>How many rows it has, those that are no more included.</summary>
    public int Rows => _rows.Count;

    /// <summary>Takes the headers of an entry, which come in the order of the stream.</summary>
    public void Add(StoredMessage message)
    {
        Seen = message.Sequence;
        var hash = HashOf(message.Subject);
        if (_places.Remove(hash, out var place))
        {
            Bury(ref CollectionsMarshal.AsSpan(_rows)[place]);
        }

        var tag = StoreSlot.IndexOf(message, out var capacity);
        if (tag.IsEmpty || StoreSlot.IsMark(message))
        {
            return;
        }

        var index = NumberOf(tag);
        CollectionsMarshal.AsSpan(_indexes)[index].Capacity = capacity;
        _places[hash] = _rows.Count;
        _rows.Add(new Row(message.Sequence, hash, StoreSlot.ExpiryOf(message)?.ToUnixTimeMilliseconds() ?? long.MaxValue, index));
    }

    /// <summary>Takes out what has expired, and what its index has no room for: the oldest.</summary>
    /// <param name="now">The server's time.</param>
    /// <param name="exact">The capacity up to which what is taken out for want of room is told.</param>
    /// <returns>The places of that.</returns>
    public IReadOnlyList<ulong> Trim(DateTimeOffset now, int exact)
    {
        var rows = CollectionsMarshal.AsSpan(_rows);
        var indexes = CollectionsMarshal.AsSpan(_indexes);
        var milliseconds = now.ToUnixTimeMilliseconds();
        List<ulong>? excess = null;
        foreach (ref var index in indexes)
        {
            index.Count = 0;
        }

        for (var i = rows.Length - 1; i >= 0; i--)
        {
            ref var row = ref rows[i];
            if (row.Index == None)
            {
                continue;
            }

            ref var index = ref indexes[row.Index];
            if (row.ExpiresAt > milliseconds && index.Count < index.Capacity)
            {
                index.Count++;
                continue;
            }

            if (row.ExpiresAt > milliseconds && index.Capacity <= exact)
            {
                (excess ??= []).Add(row.Sequence);
            }

            _places.Remove(row.Hash);
            Bury(ref row);
        }

        Compact();
        return excess ?? (IReadOnlyList<ulong>)[];
    }

    /// <summary>How many entries an index had when it was trimmed last, and its capacity.</summary>
    public (int Count, int Capacity) CountOf(string tag) =>
        _numbers.TryGetValue(tag, out var index) ? (_indexes[index].Count, _indexes[index].Capacity) : (0, int.MaxValue);

    /// <summary>The entries of an index before a place, the newest first.</summary>
    /// <param name="tag">The index.</param>
    /// <param name="before">The place.</param>
    /// <param name="take">At most how many.</param>
    /// <param name="places">Takes their places.</param>
    /// <returns>How many entries are not before that place.</returns>
    public int Page(string tag, ulong before, int take, List<ulong> places)
    {
        if (!_numbers.TryGetValue(tag, out var index))
        {
            return 0;
        }

        var newer = 0;
        var rows = CollectionsMarshal.AsSpan(_rows);
        for (var i = rows.Length - 1; i >= 0 && take > 0; i--)
        {
            if (rows[i].Index != index)
            {
                continue;
            }

            if (rows[i].Sequence >= before)
            {
                newer++;
            }
            else
            {
                places.Add(rows[i].Sequence);
                take--;
            }
        }

        return newer;
    }

    private static ulong HashOf(string subject)
    {
        Span<byte> text = stackalloc byte[512];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.TryGetBytes(subject, text, out var length) ? text[..length] : Encoding.UTF8.GetBytes(subject), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private int NumberOf(ReadOnlySpan<byte> tag)
    {
        Span<char> text = stackalloc char[256];
        ReadOnlySpan<char> name = tag.Length <= text.Length ? text[..Encoding.ASCII.GetChars(tag, text)] : Encoding.ASCII.GetString(tag).AsSpan();
        var lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(name, out var number))
        {
            number = _indexes.Count;
            lookup[name] = number;
            _indexes.Add(default);
        }

        return number;
    }

    private void Bury(ref Row row)
    {
        row.Index = None;
        _dead++;
    }

    private void Compact()
    {
        if (_dead < FewRows || _dead < _rows.Count / 2)
        {
            return;
        }

        _rows.RemoveAll(static row => row.Index == None);
        _rows.Capacity = _rows.Count + FewRows;
        _dead = 0;
        for (var i = 0; i < _rows.Count; i++)
        {
            _places[_rows[i].Hash] = i;
        }

        _places.TrimExcess();
    }

    private record struct IndexState(int Capacity, int Count);

    private record struct Row(ulong Sequence, ulong Hash, long ExpiresAt, int Index);
}
