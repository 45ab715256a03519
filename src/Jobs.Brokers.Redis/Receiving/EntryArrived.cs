namespace Jobs.Brokers.Redis.Receiving;

/// <summary>Takes an entry that the server handed out. The fields live as long as the call.</summary>
internal delegate void EntryArrived(int level, EntryId entry, EntryFields fields, int deliveries, LeaseEnd lease);
