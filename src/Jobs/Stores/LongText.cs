using System.Security.Cryptography;
using System.Text;

namespace Jobs.Stores;

/// <summary>Text of any length within a key of the store, which has to hold a job's name besides.</summary>
internal static class LongText
{
    /// <summary>The longest that stands in the store as it is; of longer text a hash does.</summary>
    public const int Longest = 256;

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
