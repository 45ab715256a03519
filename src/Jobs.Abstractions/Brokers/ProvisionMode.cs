namespace Jobs.Brokers;

/// <summary>What a host may do to the broker's queues.</summary>
public enum ProvisionMode
{
    /// <summary>Creates what is missing; differences in what is there are logged.</summary>
    CreateIfMissing,

    /// <summary>Changes nothing; fails the start naming each difference.</summary>
    Verify,

    /// <summary>Neither looks nor changes.</summary>
    None,
}
