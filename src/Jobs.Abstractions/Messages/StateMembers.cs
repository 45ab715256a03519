using System.Text.Json;

namespace Jobs.Messages;

/// <summary>The names of the members of a state and of the failures in it.</summary>
internal static class StateMembers
{
    public static readonly JsonEncodedText Copy = JsonEncodedText.Encode("copy");
    public static readonly JsonEncodedText Attempt = JsonEncodedText.Encode("attempt");
    public static readonly JsonEncodedText Crashes = JsonEncodedText.Encode("crashes");
    public static readonly JsonEncodedText Due = JsonEncodedText.Encode("due");
    public static readonly JsonEncodedText UnknownSince = JsonEncodedText.Encode("unknownsince");
    public static readonly JsonEncodedText Failures = JsonEncodedText.Encode("failures");
    public static readonly JsonEncodedText Omitted = JsonEncodedText.Encode("omitted");
    public static readonly JsonEncodedText Record = JsonEncodedText.Encode("record");
    public static readonly JsonEncodedText At = JsonEncodedText.Encode("at");
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    public static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    public static readonly JsonEncodedText Stack = JsonEncodedText.Encode("stack");
    public static readonly JsonEncodedText Worker = JsonEncodedText.Encode("worker");
}
