using System.Buffers;

namespace Jobs.Messages;

/// <summary>Finds where a JSON value ends without reading its tokens.</summary>
internal static class JsonScan
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    /// <summary>The length of the object that the text starts with; -1 if it starts with none or the object does not end.</summary>
    /// <remarks>Right for valid JSON. For anything else it finds some end or none, which the reader of the object notices.</remarks>
    public static int ObjectLength(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != '{')
        {
            return -1;
        }

        var depth = 0;
        for (var at = 0; ;)
        {
            var next = json[at..].IndexOfAny(Structure);
            if (next < 0)
            {
                return -1;
            }

            at += next;
            switch (json[at++])
            {
                case (byte)'"':
                    var length = StringLength(json[at..]);
                    if (length < 0)
                    {
                        return -1;
                    }

                    at += length;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    if (--depth == 0)
                    {
                        return at;
                    }

                    break;
            }
        }
    }

    // What follows the opening quote, the closing one included.
    private static int StringLength(ReadOnlySpan<byte> json)
    {
        for (var at = 0; ;)
        {
            var next = json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return -1;
            }

            at += next + 1;
            if (json[at - 1] == '"')
            {
                return at;
            }

            // The escaped character cannot end the string.
            if (++at > json.Length)
            {
                return -1;
            }
        }
    }
}
