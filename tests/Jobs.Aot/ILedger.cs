namespace Jobs.Aot;

/// <summary>Where jobs write what they saw, and checks read it. Safe for concurrent use.</summary>
internal interface ILedger
{
    /// <summary>Writes an entry. The first for a key counts.</summary>
    void Note(string key, string text);

    /// <summary>Waits until there is an entry for a key.</summary>
    Task<string> ReadAsync(string key);
}
