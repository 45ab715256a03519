using System.Globalization;
using Jobs.Soak;

switch (args)
{
    case ["worker", var broker, var server, var log, var lease]:
        await SoakWorker.RunAsync(broker, server, log, TimeSpan.Parse(lease, CultureInfo.InvariantCulture));
        return 0;
    case [] or ["run", ..]:
        var options = new SoakOptions();
        options = args is ["run", var jobs, ..] ? options with { Jobs = int.Parse(jobs, CultureInfo.InvariantCulture) } : options;
        options = args is ["run", _, var carrier] ? options with { Broker = carrier } : options;
        // The emulator forgets what it is restarted with; what SQS does to its clients instead is to fail.
        options = options.Broker == "sqs" ? options with { ServerRestarts = 0, FaultRate = 0.05 } : options;
        var report = await new SoakRun(options).RunAsync(CancellationToken.None);
        Console.WriteLine(report);
        return report.Lost.Count == 0 && report.Unexplained.Count == 0 ? 0 : 1;
    default:
        Console.Error.WriteLine("run [JOBS [redis|nats|nats-cluster|sqs]]   Soaks a broker: 4 workers, one killed every 2 s, the server three times (sqs: instead, 5 % of all requests go wrong).");
        return 2;
}
