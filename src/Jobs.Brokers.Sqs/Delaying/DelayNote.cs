using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Delaying;

/// <summary>What the attribute of a message in a delay queue says.</summary>
/// <param name="Due">When it is due, in milliseconds since 1970.</param>
/// <param name="Level">The level of its queue that it goes to.</param>
internal readonly record struct DelayNote(long Due, int Level)
{
    public const string Attribute = "JobsDue";

    public SqsAttribute ToAttribute() => new(Attribute, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Due};{Level}")));

    /// <summary>What a message says; one that somebody else put there is due now.</summary>
    public static DelayNote Of(in SqsMessage message)
    {
        foreach (var attribute in message.Attributes.Span)
        {
            if (attribute.Name == Attribute
                && Utf8Parser.TryParse(attribute.Value.Span, out long due, out var used)
                && used + 1 < attribute.Value.Length
                && Utf8Parser.TryParse(attribute.Value.Span[(used + 1)..], out int level, out _)
                && level is >= 0 and < SqsNames.Levels)
            {
                return new DelayNote(due, level);
            }
        }

        return new DelayNote(0, SqsNames.NormalLevel);
    }
}
