using System.Text;

namespace Jobs.Brokers.Nats;

/// <summary>The characters that names, tags and headers are made of.</summary>
internal static class PrintableAscii
{
    /// <summary>Every printable character but the blank, less some.</summary>
    public static string Without(string some)
    {
        var all = new StringBuilder();
        for (var character = '!'; character <= '~'; character++)
        {
            if (!some.Contains(character, StringComparison.Ordinal))
            {
                all.Append(character);
            }
        }

        return all.ToString();
    }
}
