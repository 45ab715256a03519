using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>Walks over what XREADGROUP answers: streams, each with entries. A map in RESP3, an array of pairs in RESP2, null for nothing.</summary>
internal ref struct EntryReader
{
    private readonly QueueKeys _keys;
    private readonly bool _isMap;
    private RespReader _reader;
    private int _streams;
    private int _entries;

    public EntryReader(RespReply reply, QueueKeys keys)
    {
        _keys = keys;
        _reader = reply.GetReader();
        if (!_reader.TryReadNull())
        {
            _isMap = _reader.IsMap;
            _streams = _reader.ReadArray() / (_isMap ? 2 : 1);
        }
    }

    /// <summary>The entry's stream, by its place in the keys.</summary>
    public int Level { get; private set; }

    public EntryId Entry { get; private set; }

    public EntryFields Fields { get; private set; }

    /// <summary>Reads the next entry; false if there is none.</summary>
    public bool Read()
    {
        while (_entries == 0)
        {
            if (_streams-- == 0)
            {
                return false;
            }

            if (!_isMap)
            {
                _reader.ReadArray();
            }

            Level = LevelOf(_reader.ReadBytes());
            _entries = _reader.ReadArray();
        }

        _entries--;
        _reader.ReadArray();
        Entry = EntryId.Parse(_reader.ReadBytes());
        Fields = EntryFields.Read(ref _reader);
        return true;
    }

    private readonly int LevelOf(ReadOnlySpan<byte> key)
    {
        for (var level = 0; level < QueueKeys.Levels; level++)
        {
            if (key.SequenceEqual(_keys.Streams[level]))
            {
                return level;
            }
        }

        throw new RedisProtocolException($"The server answered a read of queue '{_keys.Queue}' with a stream that was not asked for.");
    }
}
