using Jobs.Schedules;
using Microsoft.Extensions.Options;

namespace Jobs.Hosting.Configuration;

// The bodies are generated from the attributes of the options classes; each is called with the configuration path as its name.

[OptionsValidator]
internal sealed partial class JobsValidator : IValidateOptions<JobsOptions>;

[OptionsValidator]
internal sealed partial class WorkerValidator : IValidateOptions<WorkerOptions>;

[OptionsValidator]
internal sealed partial class StatusValidator : IValidateOptions<StatusOptions>;

[OptionsValidator]
internal sealed partial class KeyValidator : IValidateOptions<KeyOptions>;

[OptionsValidator]
internal sealed partial class HealthValidator : IValidateOptions<HealthOptions>;

[OptionsValidator]
internal sealed partial class QueueValidator : IValidateOptions<QueueOptions>;

[OptionsValidator]
internal sealed partial class JobDefaultsValidator : IValidateOptions<JobDefaultOptions>;

[OptionsValidator]
internal sealed partial class JobOverrideValidator : IValidateOptions<JobOverrideOptions>;

[OptionsValidator]
internal sealed partial class ScheduleValidator : IValidateOptions<ScheduleOptions>;
