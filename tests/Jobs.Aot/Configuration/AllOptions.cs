namespace Jobs.Aot.Configuration;

/// <summary>Every option there is, with values that are not its default.</summary>
internal static class AllOptions
{
    private const string Job = "configured.send-batch";

    public static readonly IReadOnlyList<Option> Rows =
    [
        new("Broker", "bytes", "memory", o => $"{o.Broker}"),
        new("Store", "memory", "Memory", o => $"{o.Store}"),
        new("Namespace", "shop", "shop-2", o => $"{o.Namespace}"),
        new("Provision", "Verify", "None", o => $"{o.Provision}"),
        new("UnknownJobGrace", "00:20:00", "1.00:00:00", o => $"{o.UnknownJobGrace}"),
        new("ResultRetention", "2.00:00:00", "00:00:01", o => $"{o.ResultRetention}"),

        new("CheckpointRetention", "3.00:00:00", "00:01:00", o => $"{o.CheckpointRetention}"),

        new("Status:Enabled", "True", "False", o => $"{o.Status.Enabled}"),
        new("Status:Retention", "01:00:00", "02:00:00", o => $"{o.Status.Retention}"),
        new("Status:KeepSucceeded", "100", "101", o => $"{o.Status.KeepSucceeded}"),
        new("Status:KeepFailed", "500", "501", o => $"{o.Status.KeepFailed}"),

        new("Keys:Retention", "12:00:00", "13:00:00", o => $"{o.Keys.Retention}"),

        new("Worker:Concurrency", "32", "3", o => $"{o.Worker.Concurrency}"),
        new("Worker:DrainTimeout", "00:00:10", "00:00:00.5000000", o => $"{o.Worker.DrainTimeout}"),
        new("Worker:Strict", "True", "False", o => $"{o.Worker.Strict}"),
        new("Worker:Name", "w1", "w2", o => $"{o.Worker.Name}"),
        new("Worker:MaxPrefetch", "5", "0", o => $"{o.Worker.MaxPrefetch}"),
        new("Worker:Queues:0", "critical", "DEFAULT", o => $"{o.Worker.Queues[0]}"),

        new("Defaults:MaxAttempts", "7", "1000", o => $"{o.Defaults.MaxAttempts}"),
        new("Defaults:MaxCrashes", "0", "9", o => $"{o.Defaults.MaxCrashes}"),
        new("Defaults:Backoff", "00:00:02", "00:00:00", o => $"{o.Defaults.Backoff}"),
        new("Defaults:MaxBackoff", "02:00:00", "30.00:00:00", o => $"{o.Defaults.MaxBackoff}"),
        new("Defaults:Timeout", "00:10:00", "01:00:00", o => $"{o.Defaults.Timeout}"),
        new("Defaults:HardTimeoutGrace", "00:02:00", "00:03:00", o => $"{o.Defaults.HardTimeoutGrace}"),
        new("Defaults:Priority", "High", "Low", o => $"{o.Defaults.Priority}"),

        new("Health:MaxDepth", "50", "51", o => $"{o.Health.MaxDepth}"),
        new("Health:MaxDeadLetters", "5", "6", o => $"{o.Health.MaxDeadLetters}"),
        new("Health:MaxErrorPercent", "7", "8", o => $"{o.Health.MaxErrorPercent}"),
        new("Health:ExpectedPerMinute", "9", "10", o => $"{o.Health.ExpectedPerMinute}"),
        new("Health:MaxReceiveAge", "00:00:30", "00:00:31", o => $"{o.Health.MaxReceiveAge}"),
        new("Memory:MaxDeadLetters", "9", "10", o => $"{o.Memory.MaxDeadLetters}"),
        new("Memory:MaxDocumentBytes", "1024", "2048", o => $"{o.Memory.MaxDocumentBytes}"),
        new("Memory:DedupeWindow", "00:00:05", "00:00:06", o => $"{o.Memory.DedupeWindow}"),

        new("Queues:critical:Weight", "6", "7", o => $"{o.Queues["critical"].Weight}"),
        new("Queues:critical:Concurrency", "16", "17", o => $"{o.Queues["critical"].Concurrency}"),
        new("Queues:critical:Lease", "00:05:00", "00:06:00", o => $"{o.Queues["critical"].Lease}"),
        new("Queues:critical:MaxLength", "5000000000", "1", o => $"{o.Queues["critical"].MaxLength}"),
        new("Queues:critical:WhenFull", "Wait", "Reject", o => $"{o.Queues["critical"].WhenFull}"),
        new("Queues:critical:Priorities:0", "High", "Normal", o => $"{o.Queues["critical"].Priorities[0]}"),
        new("Queues:critical:Priorities:1", "Low", "High", o => $"{o.Queues["critical"].Priorities[1]}"),

        new($"Overrides:{Job}:Queue", "critical", "other", o => $"{o.Overrides[Job].Queue}"),
        new($"Overrides:{Job}:MaxAttempts", "8", "1", o => $"{o.Overrides[Job].MaxAttempts}"),
        new($"Overrides:{Job}:MaxCrashes", "1", "2", o => $"{o.Overrides[Job].MaxCrashes}"),
        new($"Overrides:{Job}:Backoff", "00:00:03", "00:00:04", o => $"{o.Overrides[Job].Backoff}"),
        new($"Overrides:{Job}:MaxBackoff", "00:30:00", "00:40:00", o => $"{o.Overrides[Job].MaxBackoff}"),
        new($"Overrides:{Job}:Timeout", "00:01:00", "00:02:00", o => $"{o.Overrides[Job].Timeout}"),
        new($"Overrides:{Job}:HardTimeoutGrace", "00:00:30", "00:00:40", o => $"{o.Overrides[Job].HardTimeoutGrace}"),
        new($"Overrides:{Job}:ConcurrencyLimit", "4", "5", o => $"{o.Overrides[Job].ConcurrencyLimit}"),
        new($"Overrides:{Job}:Priority", "Low", "High", o => $"{o.Overrides[Job].Priority}"),
        new($"Overrides:{Job}:BatchSize", "50", "60", o => $"{o.Overrides[Job].BatchSize}"),
        new($"Overrides:{Job}:BatchWindow", "00:00:09", "00:00:08", o => $"{o.Overrides[Job].BatchWindow}"),

        new("Schedules:night:Job", "configured.send-batch", "plain.add", o => $"{o.Schedules["night"].Job}"),
        new("Schedules:night:Cron", "0 7 * * *", "@daily", o => $"{o.Schedules["night"].Cron}"),
        new("Schedules:night:Every", "00:05:00", "00:06:00", o => $"{o.Schedules["night"].Every}"),
        new("Schedules:night:TimeZone", "Europe/Vienna", "UTC", o => $"{o.Schedules["night"].TimeZone}"),
        new("Schedules:night:Args", "{}", "{ }", o => $"{o.Schedules["night"].Args}"),
        new("Schedules:night:Misfire", "All", "Skip", o => $"{o.Schedules["night"].Misfire}"),
        new("Schedules:night:MaxMisfires", "5", "6", o => $"{o.Schedules["night"].MaxMisfires}"),
        new("Schedules:night:Overlap", "Skip", "QueueOne", o => $"{o.Schedules["night"].Overlap}"),
        new("Schedules:night:Jitter", "00:00:07", "00:00:08", o => $"{o.Schedules["night"].Jitter}"),
        new("Schedules:night:Enabled", "False", "True", o => $"{o.Schedules["night"].Enabled}"),

        new("FailureRules:System.TimeoutException", "RateLimited", "PoolExhausted", o => $"{o.FailureRules["System.TimeoutException"]}"),
    ];

    /// <summary>The same as a file: what the rows say of JSON.</summary>
    public const string Json =
        """
        {
          "Jobs": {
            "Broker": "bytes",
            "Store": "memory",
            "Keys": { "Retention": "12:00:00" },
            "Status": { "Enabled": true, "Retention": "01:00:00", "KeepSucceeded": 100, "KeepFailed": 500 },
            "Namespace": "shop",
            "Provision": "Verify",
            "UnknownJobGrace": "00:20:00",
            "ResultRetention": "2.00:00:00",
            "CheckpointRetention": "3.00:00:00",
            "Worker": {
              "Concurrency": 32, "DrainTimeout": "00:00:10", "Strict": true, "Name": "w1", "MaxPrefetch": 5, "Queues": ["critical"]
            },
            "Defaults": {
              "MaxAttempts": 7, "MaxCrashes": 0, "Backoff": "00:00:02", "MaxBackoff": "02:00:00",
              "Timeout": "00:10:00", "HardTimeoutGrace": "00:02:00", "Priority": "High"
            },
            "Health": { "MaxDepth": 50, "MaxDeadLetters": 5, "MaxErrorPercent": 7, "ExpectedPerMinute": 9, "MaxReceiveAge": "00:00:30" },
            "Memory": { "MaxDeadLetters": 9, "MaxDocumentBytes": 1024, "DedupeWindow": "00:00:05" },
            "Queues": {
              "critical": {
                "Weight": 6, "Concurrency": 16, "Lease": "00:05:00", "MaxLength": 5000000000, "WhenFull": "Wait", "Priorities": ["High", "Low"]
              }
            },
            "Overrides": {
              "configured.send-batch": {
                "Queue": "critical", "MaxAttempts": 8, "MaxCrashes": 1, "Backoff": "00:00:03", "MaxBackoff": "00:30:00",
                "Timeout": "00:01:00", "HardTimeoutGrace": "00:00:30", "ConcurrencyLimit": 4, "Priority": "Low", "BatchSize": 50, "BatchWindow": "00:00:09"
              }
            },
            "Schedules": {
              "night": {
                "Job": "configured.send-batch", "Cron": "0 7 * * *", "Every": "00:05:00", "TimeZone": "Europe/Vienna", "Args": "{}",
                "Misfire": "All", "MaxMisfires": 5, "Overlap": "Skip", "Jitter": "00:00:07", "Enabled": false
              }
            },
            "FailureRules": { "System.TimeoutException": "RateLimited" }
          }
        }
        """;
}
