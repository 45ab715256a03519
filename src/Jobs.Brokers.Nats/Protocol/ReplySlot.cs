using System.Text;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>The place of one request; used again and again. Its owner locks.</summary>
/// <param name="generation">Tells its users apart.</param>
internal sealed class ReplySlot(ulong generation)
{
    private const ulong Generations = 1UL << 44;

    private byte[] _subject = [];
    private int _subjectLength;
    private IReplyHandler? _handler;
    private long _token;
    private TimeSpan _timeout;

    public ulong Generation { get; private set; } = generation;

    public bool IsTaken => _handler is null;

    /// <summary>True once it has been sent.</summary>
    public bool IsActive { get; private set; }

    /// <summary>When it is given up, as a time stamp.</summary>
    public long Deadline { get; private set; }

    public ReadOnlySpan<byte> Subject => _subject.AsSpan(0, _subjectLength);

    /// <summary>Gives it to a request; its generation.</summary>
    public ulong Reserve(ReadOnlySpan<byte> subject, IReplyHandler handler, long token)
    {
        if (_subject.Length < subject.Length)
        {
            _subject = new byte[Math.Max(64, subject.Length)];
        }

        subject.CopyTo(_subject);
        _subjectLength = subject.Length;
        _handler = handler;
        _token = token;
        return Generation;
    }

    public void Activate(TimeSpan timeout, long deadline)
    {
        IsActive = true;
        _timeout = timeout;
        Deadline = deadline;
    }

    /// <param name="withSubject">Whether its subject will be needed.</param>
    public TakenRequest Take(bool withSubject)
    {
        var taken = new TakenRequest(_handler!, _token, _timeout, withSubject ? Encoding.UTF8.GetString(Subject) : "");
        Release();
        return taken;
    }

    public void Release()
    {
        _handler = null;
        IsActive = false;
        Generation = (Generation + 1) % Generations;
    }
}
