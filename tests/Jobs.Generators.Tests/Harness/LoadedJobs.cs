using System.Reflection;
using System.Text;
using Jobs.Definitions;
using Jobs.Messages;
using Microsoft.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Generators.Tests.Harness;

/// <summary>A compiled assembly whose jobs are registered and can be called. Its source has a class <c>Scenario</c> with a static <c>Log</c>.</summary>
internal sealed class LoadedJobs : IJobsBuilder, IJobResultSink
{
    private readonly Assembly _assembly;
    private readonly Lazy<ServiceProvider> _provider;
    private string? _result;

    private LoadedJobs(Assembly assembly)
    {
        _assembly = assembly;
        _provider = new Lazy<ServiceProvider>(() => Services.BuildServiceProvider(validateScopes: true));
        Services.AddSingleton<IJobClient>(Client);
        Services.AddSingleton(TimeProvider.System);
    }

    public CapturingClient Client { get; } = new();

    public IServiceCollection Services { get; } = new ServiceCollection();

    /// <summary>What handlers get as their token.</summary>
    public CancellationToken Token { get; set; }

    public IServiceProvider Provider => _provider.Value;

    public HashSet<JobDefinition> Definitions { get; } = [];

    public HashSet<JobHandler> Handlers { get; } = [];

    public IReadOnlyList<string> Log => (IReadOnlyList<string>)Type("Scenario").GetField("Log")!.GetValue(null)!;

    public static LoadedJobs Load(string source, params MetadataReference[] references) => Load(GeneratorRunner.Run(source, "Shop", references));

    /// <summary>Loads what was generated, beside assemblies that it references.</summary>
    public static LoadedJobs Load(GeneratorResult result, params Assembly[] references)
    {
        AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) => references.FirstOrDefault(r => r.FullName == wanted.Name);
        var jobs = new LoadedJobs(LoadAssembly(result));
        jobs.Register();
        return jobs;
    }

    public static Assembly LoadAssembly(GeneratorResult result)
    {
        using var stream = new MemoryStream();
        var emitted = result.Output.Emit(stream);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return Assembly.Load(stream.ToArray());
    }

    public Type Type(string name) => _assembly.GetType(name, throwOnError: true)!;

    public JobDefinition Definition(string name) => Definitions.Single(d => d.Name == name);

    public JobHandler Handler(string name) => Handlers.Single(h => h.Definition.Name == name);

    /// <summary>Calls the assembly's generated registration.</summary>
    /// <param name="jobs">What it adds to; null: to this.</param>
    public void Register(IJobsBuilder? jobs = null)
    {
        var type = _assembly.GetTypes().Single(static t => t.Namespace == "Jobs" && t.Name.EndsWith("JobsRegistration", StringComparison.Ordinal));
        type.GetMethods(BindingFlags.Public | BindingFlags.Static).Single().Invoke(null, [jobs ?? this]);
    }

    /// <summary>Calls a method of <c>Scenario</c>, which takes the services.</summary>
    public async Task CallAsync(string method = "Send") => await (Task)Type("Scenario").GetMethod(method)!.Invoke(null, [Provider])!;

    /// <summary>Runs the handler of the last job enqueued, in a scope of its own.</summary>
    /// <returns>The result as JSON, or null.</returns>
    public async Task<string?> HandleAsync(JobContext? context = null, IJobCheckpointSlot? checkpoint = null)
    {
        _result = null;
        var job = Client.Jobs[^1];
        await using var scope = Provider.CreateAsyncScope();
        await Handler(job.Definition.Name).InvokeAsync(job.Message, new JobInvocation(scope.ServiceProvider, Token, context, Results: this, Checkpoint: checkpoint));
        return _result;
    }

    /// <summary>Calls the batch handler with every job enqueued.</summary>
    public async Task<JobBatch> HandleBatchAsync()
    {
        var batch = new JobBatch([.. Client.Jobs.Select(static j => j.Message)]);
        var buffer = ((BatchJobHandler)Handlers.Single()).CreateBuffer(Client.Jobs.Count);
        Client.Jobs.ForEach(j => buffer.Add(j.Message));
        await using var scope = Provider.CreateAsyncScope();
        await buffer.InvokeAsync(new JobInvocation(scope.ServiceProvider, default, Batch: batch));
        return batch;
    }

    IJobsBuilder IJobsBuilder.AddDefinition(JobDefinition definition)
    {
        Definitions.Add(definition);
        return this;
    }

    IJobsBuilder IJobsBuilder.AddHandler(JobHandler handler)
    {
        Handlers.Add(handler);
        return this;
    }

    void IJobResultSink.SetResult(ReadOnlySpan<byte> json) => _result = Encoding.UTF8.GetString(json);
}
