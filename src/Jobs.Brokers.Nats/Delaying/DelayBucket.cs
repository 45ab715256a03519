using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Jobs.Brokers.Nats.Delaying;

/// <summary>A stretch of time whose delayed messages share a subject: ten seconds, or, farther away, an hour or a day that is filed anew when it comes near.</summary>
/// <remarks>A class, for collections of a struct are compiled natively once for each.</remarks>
/// <param name="Unit">How long it is, in seconds.</param>
/// <param name="Index">Which one, counted from 1970.</param>
internal sealed record DelayBucket(long Unit, long Index)
{
    public const long Finest = 10;
    private const long Hour = 3_600;
    private const long Day = 24 * Hour;
    private const long MinimumLead = 60;

    /// <summary>Of what is due within this, the finest.</summary>
    private const long NearSeconds = 2 * Hour;
    private const long HoursSeconds = 4 * Day;

    /// <summary>True if its messages go to their queues; false if they are filed anew.</summary>
    public bool IsFinest => Unit == Finest;

    /// <summary>When it begins, in seconds since 1970.</summary>
    public long Start => Index * Unit;

    /// <summary>When its end has come.</summary>
    public long End => Start + Unit;

    /// <summary>From when on it must be looked after, in seconds since 1970: the finest just before it begins, the others early enough to file all of it.</summary>
    public long OpensAt => Start - (IsFinest ? 1 : Math.Max(MinimumLead, Unit / 24));

    /// <summary>Its part of a subject.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{(Unit == Finest ? 's' : Unit == Hour ? 'h' : 'd')}{Index}");

    /// <summary>The bucket of a due time.</summary>
    /// <param name="due">In milliseconds since 1970.</param>
    /// <param name="now">Likewise.</param>
    public static DelayBucket Of(long due, long now)
    {
        var away = (due - now) / 1000;
        var unit = away < NearSeconds ? Finest : away < HoursSeconds ? Hour : Day;
        // What is overdue goes where everybody is looking.
        return new DelayBucket(unit, Math.Max(due, now) / 1000 / unit);
    }

    public static bool TryParse(ReadOnlySpan<char> name, [NotNullWhen(true)] out DelayBucket? bucket)
    {
        bucket = null;
        if (name.Length < 2 || !long.TryParse(name[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return false;
        }

        var unit = name[0] switch { 's' => Finest, 'h' => Hour, 'd' => Day, _ => 0 };
        bucket = unit > 0 && index <= long.MaxValue / Day ? new DelayBucket(unit, index) : null;
        return bucket is not null;
    }
}
