using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Stores;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Provisioning;

/// <summary>Looks at the server, and creates, changes or verifies streams and consumers. For one call.</summary>
/// <remarks>Safe from many processes at once: who comes second finds what the first made.</remarks>
internal sealed class Provisioner(JetStreamClient jetStream, NatsNames names, NatsBrokerOptions options, ProvisionMode mode, ILogger logger)
{
    private readonly QueueBlueprint _blueprint = new(names, options);
    private readonly List<string> _missing = [];

    /// <exception cref="JobConfigurationException">Someone has to mend something; the message says what, and how.</exception>
    /// <exception cref="JetStreamException">JetStream is not available.</exception>
    public async ValueTask RunAsync(BrokerTopology topology, CancellationToken cancellationToken)
    {
        CheckNames(topology);
        await RunAsync(
            async () =>
            {
                await StreamAsync("The stream of what is not yet due", _blueprint.Delay, cancellationToken).ConfigureAwait(false);
                await StreamAsync("The bucket of paused queues", new KeyValueBucket(jetStream, names.ControlBucket).Config(options.Replicas), cancellationToken).ConfigureAwait(false);
                foreach (var queue in topology.Queues)
                {
                    await QueueAsync(queue, cancellationToken).ConfigureAwait(false);
                }
            },
            Permissions(),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same for a store.</summary>
    /// <exception cref="JobConfigurationException">Someone has to mend something; the message says what, and how.</exception>
    /// <exception cref="JetStreamException">JetStream is not available.</exception>
    public ValueTask RunAsync(StoreNames store, CancellationToken cancellationToken) => RunAsync(
        () => StreamAsync("The bucket of the store", store.StreamConfig(options.Replicas, LetsGo), cancellationToken),
        $"Allow it to publish to '$JS.API.>', '$KV.{store.Bucket}.>', and to subscribe to '_INBOX.>', '$KV.{store.Bucket}.e.>', '{store.ElectedSubject}'.",
        cancellationToken);

    // Without it a store works as well, by its sweep: that is no difference to be verified.
    private bool LetsGo => options.Replicas == 1 && mode == ProvisionMode.CreateIfMissing && jetStream.Server is { ApiLevel: >= 1 };

    private async ValueTask RunAsync(Func<ValueTask> provision, string permissions, CancellationToken cancellationToken)
    {
        try
        {
            await CheckServerAsync(cancellationToken).ConfigureAwait(false);
            if (mode == ProvisionMode.None)
            {
                return;
            }

            await provision().ConfigureAwait(false);
        }
        catch (NatsPermissionException error)
        {
            throw new JobConfigurationException(
                $"The user that Jobs connects to NATS with lacks a permission: {error.Message} {permissions}", error);
        }
        catch (JetStreamException error) when (ProblemOf(error.Kind) is { } problem)
        {
            throw new JobConfigurationException($"{problem} {error.Message}", error);
        }

        if (_missing.Count > 0)
        {
            throw new JobConfigurationException(
                $"NATS differs from the topology of namespace '{names.Namespace}': {string.Join("; ", _missing)}. Start one host with Jobs:Provision = {nameof(ProvisionMode.CreateIfMissing)}, or mend it with the program 'nats'.");
        }
    }

    private async ValueTask CheckServerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await jetStream.GetAccountAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (JetStreamException error) when (error is { InnerException: NatsNoRespondersException } && jetStream.Server is { HasJetStream: false })
        {
            throw new JobConfigurationException($"JetStream is not enabled on the server '{jetStream.Server.Name}' (NATS {jetStream.Server.Version}): start nats-server with '-js', or with a 'jetstream' block in its configuration.", error);
        }

        if (options.Replicas == 1 && jetStream.Server is { Cluster: not null })
        {
            Log.NotReplicated(logger);
        }
    }

    private async ValueTask QueueAsync(QueueTopology queue, CancellationToken cancellationToken)
    {
        await StreamAsync($"The stream of queue '{queue.Name}'", _blueprint.Queue(queue), cancellationToken).ConfigureAwait(false);
        await StreamAsync($"The stream of the dead letters of queue '{queue.Name}'", _blueprint.Dead(queue), cancellationToken).ConfigureAwait(false);
        foreach (var priority in queue.Priorities)
        {
            await ConsumerAsync(queue, priority, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask StreamAsync(string what, StreamConfig wanted, CancellationToken cancellationToken)
    {
        if (await jetStream.GetStreamAsync(wanted.Name, cancellationToken: cancellationToken).ConfigureAwait(false) is { } found)
        {
            await CompareAsync(what, found.Config, wanted, cancellationToken).ConfigureAwait(false);
        }
        else if (mode == ProvisionMode.Verify)
        {
            _missing.Add($"{what} ('{wanted.Name}') is missing");
        }
        else
        {
            await CreateAsync(what, wanted, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask CreateAsync(string what, StreamConfig wanted, CancellationToken cancellationToken)
    {
        try
        {
            await jetStream.CreateStreamAsync(wanted, cancellationToken).ConfigureAwait(false);
        }
        catch (JetStreamException error) when (error.Kind is JetStreamErrorKind.NameInUse or JetStreamErrorKind.SubjectInUse)
        {
            // Another process made it at this moment, perhaps with other settings.
            if (await jetStream.GetStreamAsync(wanted.Name, cancellationToken: cancellationToken).ConfigureAwait(false) is { } found)
            {
                await CompareAsync(what, found.Config, wanted, cancellationToken).ConfigureAwait(false);
                return;
            }

            throw new JobConfigurationException(
                $"{what} ('{wanted.Name}') cannot be created: a stream of someone else takes {string.Join(", ", wanted.Subjects)}, or a part of it. Choose another Jobs:Namespace, or take the subject from that stream. {error.Message}", error);
        }
    }

    private async ValueTask CompareAsync(string what, StreamConfig actual, StreamConfig wanted, CancellationToken cancellationToken)
    {
        var differences = StreamDifferences.Of(actual, wanted).ToArray();
        if (differences.Length == 0 || Report($"{what} ('{wanted.Name}')", $"nats stream rm {wanted.Name}", differences))
        {
            return;
        }

        await jetStream.UpdateStreamAsync(StreamDifferences.Changed(actual, wanted), cancellationToken).ConfigureAwait(false);
        Log.Changed(logger, "Stream", wanted.Name, Join(differences));
    }

    private async ValueTask ConsumerAsync(QueueTopology queue, JobPriority priority, CancellationToken cancellationToken)
    {
        var stream = names.QueueStream(queue.Name);
        var wanted = _blueprint.Consumer(queue, priority);
        var what = $"The consumer of queue '{queue.Name}' for priority {priority} ('{wanted.Name}' of stream '{stream}')";
        if (await jetStream.GetConsumerAsync(stream, wanted.Name, cancellationToken).ConfigureAwait(false) is not { Config: var actual })
        {
            if (mode == ProvisionMode.Verify)
            {
                _missing.Add($"{what} is missing");
            }
            else
            {
                await jetStream.CreateConsumerAsync(stream, wanted, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        var differences = ConsumerDifferences.Of(actual, wanted).ToArray();
        if (differences.Length > 0 && !Report(what, $"nats consumer rm {stream} {wanted.Name}", differences))
        {
            await jetStream.CreateConsumerAsync(stream, ConsumerDifferences.Changed(actual, wanted), cancellationToken).ConfigureAwait(false);
            Log.Changed(logger, "Consumer", $"{stream} > {wanted.Name}", Join(differences));
        }
    }

    // True if that is all that can be done about them.
    private bool Report(string what, string removal, Difference[] differences)
    {
        if (mode == ProvisionMode.Verify)
        {
            _missing.Add($"{what} {Join(differences)}");
            return true;
        }

        var lasting = Array.FindAll(differences, static difference => !difference.CanBeChanged);
        return lasting.Length == 0 ? false : throw new JobConfigurationException(
            $"{what} {Join(lasting)}, which cannot be changed. Once its messages are worked off delete it ('{removal}') and it is made anew; or choose another Jobs:Namespace.");
    }

    private void CheckNames(BrokerTopology topology)
    {
        foreach (var queue in topology.Queues)
        {
            if (names.DeadStream(queue.Name) is { Length: > JetStreamNames.Longest } name)
            {
                throw new JobConfigurationException(
                    $"Jobs:Namespace '{names.Namespace}' is too long for queue '{queue.Name}': a stream would be called '{name}', and NATS takes {JetStreamNames.Longest} characters.");
            }
        }
    }

    private string? ProblemOf(JetStreamErrorKind kind) => kind switch
    {
        JetStreamErrorKind.NotEnabled => "JetStream is not enabled for the account that Jobs connects to NATS with: enable it for the account ('jetstream: enabled'), or use another user.",
        JetStreamErrorKind.TooFewServers => $"{NatsBrokerOptions.SectionName}:{nameof(options.Replicas)} is {options.Replicas}, but NATS has fewer servers with JetStream: use fewer replicas, or start the servers that are missing.",
        JetStreamErrorKind.NoResources => "The limits of the NATS account, or of its servers, leave no room for the streams of Jobs: raise them (streams, consumers, storage).",
        JetStreamErrorKind.Invalid => $"NATS does not take the settings of a stream or a consumer of namespace '{names.Namespace}'.",
        _ => null,
    };

    private string Permissions() =>
        $"Allow it to publish to '$JS.API.>', '$JS.ACK.>', '$KV.{names.ControlBucket}.>', '{names.Namespace}.>', and to subscribe to '_INBOX.>', '$KV.{names.ControlBucket}.>', '{names.Namespace}.nudge.>'.";

    private static string Join(Difference[] differences) => string.Join(", ", differences.Select(static difference => difference.Text));
}
