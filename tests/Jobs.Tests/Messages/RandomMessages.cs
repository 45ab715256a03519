using System.Text;
using Jobs.Definitions;
using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Messages;

/// <summary>Messages with any attributes, the same for the same seed.</summary>
internal static class RandomMessages
{
    private const string Alphabet = "abcXYZ019 _-/:.\"\\<>&'+{}[],\n\té€ß\u0000\u2028";

    // The job at different times.
    private static readonly JobDefinition<TextArgs>[] Definitions = [TextArgs.Definition, new TextDefinition { Version = 2 }, new TextDefinition { Version = 3 }];

    public static JobMessage<TextArgs> Next(Random random)
    {
        var message = JobMessage<TextArgs>.Rent(Definitions[random.Next(Definitions.Length)], new TextArgs(Text(random, 0)));
        message.Id = Id(random);
        message.Queue = Text(random, 1);
        message.Source = Text(random, 1);
        message.EnqueuedAt = Time(random);
        message.Due = Maybe(random) ? Time(random) : null;
        message.Attributes = Maybe(random) ? MessageAttributes.None : Attributes(random);
        return message;
    }

    public static string Text(Random random, int least)
    {
        var text = new StringBuilder();
        for (var left = least + random.Next(24); left > 0; left--)
        {
            text.Append(random.Next(20) == 0 ? "😀" : Alphabet[random.Next(Alphabet.Length)].ToString());
        }

        return text.ToString();
    }

    public static DateTimeOffset Time(Random random) => Wire.Noon.AddTicks(random.NextInt64(-TimeSpan.TicksPerDay * 9999, TimeSpan.TicksPerDay * 9999));

    private static MessageAttributes Attributes(Random random) => new()
    {
        Expires = Maybe(random) ? Time(random) : null,
        Priority = (JobPriority)random.Next(3),
        Key = MaybeText(random),
        Tenant = MaybeText(random),
        TraceParent = MaybeText(random),
        TraceState = MaybeText(random),
        MaxAttempts = Maybe(random) ? 1 + random.Next(1_000) : null,
        Backoff = Maybe(random) ? TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerDay * 40)) : null,
        Timeout = Maybe(random) ? TimeSpan.FromSeconds(random.Next(100_000)) : null,
        CorrelationId = MaybeText(random),
        ParentId = Maybe(random) ? Id(random) : null,
        RootId = Maybe(random) ? Id(random) : null,
        Schedule = MaybeText(random),
        Tick = Maybe(random) ? Time(random) : null,
        Partition = MaybeText(random),
        ConcurrencyKey = MaybeText(random),
        ReplyTo = MaybeText(random),
        Headers = Enumerable.Range(0, random.Next(4)).ToDictionary(n => $"header{n}", _ => Text(random, 0)),
    };

    private static JobId Id(Random random)
    {
        Span<byte> uuid = stackalloc byte[16];
        random.NextBytes(uuid);
        return Maybe(random) ? new JobId(new Guid(uuid)) : JobId.Parse(Text(random, 1));
    }

    private static string? MaybeText(Random random) => Maybe(random) ? Text(random, 0) : null;

    private static bool Maybe(Random random) => random.Next(2) == 0;
}
