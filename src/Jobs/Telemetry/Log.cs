namespace Jobs.Telemetry;

/// <summary>Every log message of Jobs. One file per area; event ids are stable, never reused, and start with the area:
/// 1xxx client, 2xxx worker and pumps, 3xxx runs, 4xxx leases, 5xxx settling, 6xxx hosting, 7xxx memory broker, 12xxx schedules,
/// 13xxx what runs take in the store. Other packages have 8xxx (Redis), 9xxx (NATS), 10xxx (SQS) and 11xxx (web endpoints).</summary>
internal static partial class Log;
