namespace Jobs.Claims;

/// <summary>A permit that a run may ask for, and gives back once.</summary>
internal sealed class HeldPermit(RunClaims claims, string name, int limit)
{
    private int _isAsked;

    public RunClaims Claims => claims;

    public string Name => name;

    public int Limit => limit;

    /// <summary>When the store gives it to another unless it is renewed (timestamp).</summary>
    public long ExpiresAt { get; set; }

    /// <summary>True once it is known that another may hold it.</summary>
    public bool IsLost { get; set; }

    /// <summary>True from when it is asked for until it is given back: the store may have given it, whether that was heard or not.</summary>
    public bool IsHeld => Volatile.Read(ref _isAsked) != 0;

    public void Ask() => Volatile.Write(ref _isAsked, 1);

    /// <summary>True for the one who is to give it back.</summary>
    public bool TryGiveBack() => Interlocked.Exchange(ref _isAsked, 0) != 0;
}
