using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Analysis;

/// <summary>What can be wrong with a job: an id, and a text that says the cure. An id is never given a second meaning.</summary>
internal static class JobDiagnostics
{
    private const string Category = "Jobs";

    // What the placeholders hold is in the order of the words: the name first, then its type or value, then the reason.
    public static readonly DiagnosticDescriptor InaccessibleJob = Stop("JOBS001", "A job is not accessible", "Generated code cannot reach '{0}': make it, and every type around it, public or internal");
    public static readonly DiagnosticDescriptor GenericJob = Stop("JOBS002", "A job is generic", "'{0}' is generic, but a job is one method: declare a job for each set of types, which calls the generic method");
    public static readonly DiagnosticDescriptor UnsupportedDeclaringType = Stop("JOBS003", "A type cannot declare jobs", "'{0}' cannot declare this job: move it to a class or struct, or to an instance method of a [JobContract] interface");
    public static readonly DiagnosticDescriptor UnsupportedReturnType = Stop("JOBS004", "A job's return type is not supported", "Job '{0}' cannot return '{1}' like this: return Task, ValueTask, Task<T> or ValueTask<T>, or void or a value from a method without async and ref");
    public static readonly DiagnosticDescriptor UnsupportedParameter = Stop("JOBS005", "A job's parameter is neither payload nor service", "Parameter '{0}' of type '{1}' can be neither payload nor service: {2}");
    public static readonly DiagnosticDescriptor AmbiguousService = Stop("JOBS006", "A job's parameter looks like a service", "Parameter '{0}' of type '{1}' looks like a service, for {2}: mark it [Service], or [Payload] if it travels");
    public static readonly DiagnosticDescriptor RepeatedParameter = Stop("JOBS007", "A job takes something twice", "Parameter '{0}' is a second {1}: a job takes one, so remove this parameter");
    public static readonly DiagnosticDescriptor InvalidBatch = Stop("JOBS008", "A batch has the wrong shape", "The batch job has the wrong shape: {0}");
    public static readonly DiagnosticDescriptor InvalidName = Stop("JOBS009", "A name is not valid", "'{0}' is not a valid name: a job has 1 to 128 ASCII letters, digits, '.', '-' and '_', as in [Job(\"email.send\")]; ArgsName is a C# identifier");
    public static readonly DiagnosticDescriptor InvalidSetting = Error("JOBS010", "A setting is not valid", "{0} cannot be '{1}': use {2}");
    public static readonly DiagnosticDescriptor MissingContract = Stop("JOBS011", "A job in an interface that is not a contract", "'{0}' is no contract: mark it [JobContract], or put [Job] on the method of the class that implements it");
    public static readonly DiagnosticDescriptor CollidingName = Stop("JOBS012", "A generated name is taken", "'{0}', which '{1}' would generate, is taken: rename '{1}', or set [Job(ArgsName = \"…\")] or [JobClient(Name = \"…\")]");
    public static readonly DiagnosticDescriptor UnserializablePayload = Stop("JOBS013", "A payload cannot be serialized", "'{0}' of type '{1}' cannot be serialized: {2}. Use a type made of values, lists and records, leave the property out with [JsonIgnore], or mark the parameter [Service].");
    public static readonly DiagnosticDescriptor UnserializableResult = Stop("JOBS014", "A result cannot be serialized", "The result '{0}' of type '{1}' cannot be serialized: {2}. Return a type made of values, lists and records, or leave the property out with [JsonIgnore].");
    public static readonly DiagnosticDescriptor UselessHandler = Stop("JOBS015", "A handler implements no contract", "'{0}' handles nothing: implement a [JobContract] interface that has jobs, or remove [JobHandler]");
    public static readonly DiagnosticDescriptor DuplicateJob = Error("JOBS016", "Two jobs have one name", "The name '{0}' is also that of '{1}': give one another name, [Job(\"…\")], or remove the alias; case does not tell names apart", WellKnownDiagnosticTags.CompilationEnd);
    public static readonly DiagnosticDescriptor OverloadedJob = Stop("JOBS017", "Overloads share a job's name", "'{0}' is overloaded, so its jobs would be one: name this one, [Job(\"…\", ArgsName = \"…\")]");
    public static readonly DiagnosticDescriptor CollidingClient = Stop("JOBS018", "Two types have one client", "The client '{0}' of '{1}' is also that of '{2}': name one of them, [JobClient(Name = \"…\")]", WellKnownDiagnosticTags.CompilationEnd);
    public static readonly DiagnosticDescriptor InvalidContract = Warning("JOBS019", "A contract holds more than jobs", "'{0}' does not belong in a contract, for {1}");
    public static readonly DiagnosticDescriptor MisplacedJob = Stop("JOBS020", "[Job] has no effect here", "[Job] has no effect on {0}: put it on a method with a body, in a class or struct, or on a method of a [JobContract] interface");
    public static readonly DiagnosticDescriptor UngeneratedContract = Stop("JOBS021", "A contract's job has no args", "'{0}' does not handle '{1}', whose args were not generated: let the project of the contract reference Jobs, and build it without errors");
    public static readonly DiagnosticDescriptor DuplicateHandler = Error("JOBS022", "Two handlers implement one contract", "'{0}' is also handled by '{1}': remove [JobHandler] from one", WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor InvalidUpcast = Stop("JOBS023", "An upcast leads nowhere", "The upcast '{0}' is not used: {1}");
    public static readonly DiagnosticDescriptor InvalidAlias = Stop("JOBS024", "An alias is no former name", "The alias '{0}' is not used: {1}");
    public static readonly DiagnosticDescriptor RemovedJob = Error("JOBS025", "A shipped job is gone", "Messages named '{0}' may be waiting, and no job has that name: add it to the Aliases of the job that takes its place, or remove the lines once no message of it is left", WellKnownDiagnosticTags.CompilationEnd);
    public static readonly DiagnosticDescriptor IncompatiblePayload = Error("JOBS026", "A shipped payload changed", "Version {1} of job '{0}' has shipped, and {2}: undo that, or {3}");
    public static readonly DiagnosticDescriptor UnreadableVersion = Error("JOBS027", "A shipped version cannot be read", "Version {1} of job '{0}' has shipped, and nothing reads it: {2}");
    public static readonly DiagnosticDescriptor UnshippedJob = Info("JOBS028", "A job is not recorded as shipped", "Jobs.Shipped.txt does not record version {1} of job '{0}' as it is: add it before it ships");
    public static readonly DiagnosticDescriptor InvalidShippedLine = Error("JOBS029", "A line of Jobs.Shipped.txt is not understood", "'{0}' is not understood: {1}", WellKnownDiagnosticTags.CompilationEnd);

    // From here on: what is generated as it is written, and yet not what its author means.
    public static readonly DiagnosticDescriptor LongTimeout = Warning("JOBS030", "A job may run longer than a broker allows", "Job '{0}' may run for {1} (Timeout and HardTimeoutGrace), but SQS lets a job be held for at most 12:00:00: split it into shorter jobs, or switch this rule off if it never goes there");
    public static readonly DiagnosticDescriptor UnawaitedEnqueue = Warning("JOBS031", "Nobody waits for an enqueue call", "'{0}' is not awaited, so a job that is refused is lost without a word: await it");
    public static readonly DiagnosticDescriptor MissingToken = Warning("JOBS032", "A job with a timeout takes no token", "Job '{0}' cannot see that its Timeout has passed, and runs on until it is abandoned: take a CancellationToken and pass it on");
    public static readonly DiagnosticDescriptor DateTimePayload = Info("JOBS033", "A DateTime travels", "'{0}' is a DateTime, which another machine may read as another time: use DateTimeOffset for a moment, DateOnly or TimeOnly for a date or a time of day");
    public static readonly DiagnosticDescriptor LostField = Warning("JOBS034", "A field does not travel", "'{0}' is a field, and only properties travel: make it a property, or mark it [JsonIgnore] if it may be lost");
    public static readonly DiagnosticDescriptor CutPayload = Warning("JOBS035", "A derived payload is cut to its base", "'{0}' travels as '{1}', without the properties that it adds: give the job a parameter of type '{0}', or pass a '{1}'");
    public static readonly DiagnosticDescriptor EndlessJob = Info("JOBS036", "A job always enqueues itself", "'{0}' enqueues itself whenever it runs, so it never ends: make it depend on what is left to do");
    public static readonly DiagnosticDescriptor UnhandledContract = Warning("JOBS037", "A worker's contract has no handler", "Nothing that this worker references handles '{0}': implement it in a class with [JobHandler], or leave its queues out of Jobs:Worker:Queues", WellKnownDiagnosticTags.CompilationEnd);

    // Schedules. Their job is generated without them, which the host's configuration may be glad of.
    public static readonly DiagnosticDescriptor InvalidSchedule = Error("JOBS038", "A schedule cannot be read", "'{0}' is no schedule: {1}");
    public static readonly DiagnosticDescriptor UnknownTimeZone = Error("JOBS039", "A time zone is not known", "The time zone '{0}' is not known: {1}");
    public static readonly DiagnosticDescriptor ScheduleWithoutArgs = Error("JOBS040", "A scheduled job has no args", "Job '{0}' is scheduled, and nothing says what '{1}' is: give the parameter a default value, or set Args of the schedule to the job's JSON");
    public static readonly DiagnosticDescriptor DuplicateSchedule = Error("JOBS041", "Two schedules have one name", "The schedule '{0}' of '{1}' has the name of another: set its Name; case does not tell names apart", WellKnownDiagnosticTags.CompilationEnd);
    public static readonly DiagnosticDescriptor NextFires = Info("JOBS042", "When a schedule fires", "'{0}' fires next at {1}");

    // Keys. A job without the key that it asks for would run twice without a word, so these cannot be switched off either.
    public static readonly DiagnosticDescriptor InvalidKeyTemplate = Stop("JOBS043", "A key's template cannot be read", "'{0}' is no template of a key: {1}");
    public static readonly DiagnosticDescriptor UnknownKeyPart = Stop("JOBS044", "A key names what the job does not take", "The key '{0}' names '{1}', which does not travel with the job: {2}");
    public static readonly DiagnosticDescriptor UnsuitableKeyPart = Stop("JOBS045", "A key holds what has no exact text", "The key '{0}' names '{1}' of type '{2}', which has no exact text: use a string, a number without fraction, a Guid, a date or an enum, or a property that is one, as in '{{order.Id}}'");

    // Limits and idempotency keys.
    public static readonly DiagnosticDescriptor MisplacedClaim = Error("JOBS050", "A limit or an idempotency key without a job", "[{1}] on '{0}' does nothing: put [Job] beside it, or remove it");
    public static readonly DiagnosticDescriptor LimitBelowBatch = Warning("JOBS051", "A limit cuts batches short", "[Concurrency] lets {1} items of '{0}' run at once, so no batch of {2} ever fills: raise the limit to a multiple of the batch's Size");
    public static readonly DiagnosticDescriptor ConstantIdempotencyKey = Warning("JOBS052", "An idempotency key is the same for every call", "All calls of '{0}' have the idempotency key '{1}', so that only the first does anything: name a parameter in braces, or leave Key out");

    // Checkpoints.
    public static readonly DiagnosticDescriptor UnserializableCheckpoint = Stop("JOBS053", "A checkpoint cannot be serialized", "The checkpoint '{0}' of type '{1}' cannot be serialized: {2}. Save a type made of values, lists and records, or leave the property out with [JsonIgnore].");

    // What keeps a job from being generated cannot be switched off: it would be missing without a word.
    private static DiagnosticDescriptor Stop(string id, string title, string message, params string[] tags) =>
        Create(id, title, message, DiagnosticSeverity.Error, [WellKnownDiagnosticTags.NotConfigurable, .. tags]);

    private static DiagnosticDescriptor Error(string id, string title, string message, params string[] tags) =>
        Create(id, title, message, DiagnosticSeverity.Error, tags);

    private static DiagnosticDescriptor Warning(string id, string title, string message, params string[] tags) =>
        Create(id, title, message, DiagnosticSeverity.Warning, tags);

    private static DiagnosticDescriptor Info(string id, string title, string message) =>
        Create(id, title, message, DiagnosticSeverity.Info, []);

    private static DiagnosticDescriptor Create(string id, string title, string message, DiagnosticSeverity severity, string[] tags) =>
        new(id, title, message, Category, severity, isEnabledByDefault: true, helpLinkUri: $"https://github.com/jobs-dotnet/jobs/blob/main/docs/rules/{id}.md", customTags: tags);
}
