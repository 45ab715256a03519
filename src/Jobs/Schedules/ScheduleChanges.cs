using System.Security.Cryptography;

namespace Jobs.Schedules;

/// <summary>Tells this process's own scheduler of a change at once; others hear of it from the store.</summary>
internal sealed class ScheduleChanges
{
    /// <summary>What this process writes to the store, by which it knows its own changes.</summary>
    public byte[] Signature { get; } = RandomNumberGenerator.GetBytes(8);

    public event Action? Changed;

    public void Raise() => Changed?.Invoke();
}
