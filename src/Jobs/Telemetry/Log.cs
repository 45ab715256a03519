namespace Jobs.Telemetry;

/// <summary>Every log message of Jobs. One file per area; event ids are stable, never reused, and start with the area:
/// 1xxx client, 2xxx worker and pumps, 3xxx runs, 4xxx leases, 5xxx settling, 6xxx hosting, 7xxx memory broker, 8xxx schedules,
/// 9xxx what runs take in the store.</summary>
internal static partial class Log;
