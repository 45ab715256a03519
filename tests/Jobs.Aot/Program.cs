using System.Runtime.CompilerServices;
using Jobs.Aot;
using Jobs.Aot.Configuration;
using Jobs.Aot.Running;
using Jobs.Aot.Shapes;

// Scenario 88: the same checks hold in a native binary and under the JIT; ./test.sh runs both.
Console.WriteLine(RuntimeFeature.IsDynamicCodeSupported ? "with JIT" : "native");
await StartUp.MeasureAsync();

var canary = new Canary();
await ShapeChecks.RunAsync(canary);
await RunChecks.RunAsync(canary);
await ScheduleChecks.RunAsync(canary);
await FailureChecks.RunAsync(canary);
await DrainChecks.RunAsync(canary);
await OptionChecks.RunAsync(canary);
await MistakeChecks.RunAsync(canary);
return canary.Finish();
