namespace Jobs.Generators.Model;

/// <summary>All that is generated of one job.</summary>
internal sealed record JobModel
{
    /// <summary>The identity on the wire.</summary>
    public required string Name { get; init; }

    /// <summary>The names that it had before.</summary>
    public EquatableArray<string> Aliases { get; init; }

    public required int Version { get; init; }

    /// <summary>How older versions become the current one: a chain without a gap, the oldest first.</summary>
    public EquatableArray<UpcastModel> Upcasts { get; init; }

    public required string? Queue { get; init; }

    public required PolicyModel Policy { get; init; }

    public required BatchModel? Batch { get; init; }

    /// <summary>What makes its unique key, or null.</summary>
    public KeyTemplateModel? Key { get; init; }

    /// <summary>What a run takes in the store before it starts.</summary>
    public ClaimModel Claims { get; init; } = new();

    public EquatableArray<ScheduleModel> Schedules { get; init; }

    /// <summary>The method's name, not escaped.</summary>
    public required string MethodName { get; init; }

    /// <summary>Where the method is, for error messages.</summary>
    public required string Location { get; init; }

    public required string ArgsName { get; init; }

    /// <summary>True if class, method, payload and result are all public.</summary>
    public required bool IsPublic { get; init; }

    public required PayloadModel Payload { get; init; }

    /// <summary>What the method returns beside a task, or null.</summary>
    public required PayloadTypeModel? Result { get; init; }

    /// <summary>What the job saves of its progress, or null.</summary>
    public PayloadTypeModel? Checkpoint { get; init; }

    /// <summary>How a worker calls the method; null for a contract, which is handled elsewhere.</summary>
    public required CallModel? Call { get; init; }

    public required DocumentationModel Documentation { get; init; }
}
