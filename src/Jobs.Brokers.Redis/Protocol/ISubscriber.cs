namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Listens to channels that are published to, on a connection of its own. Safe for concurrent use.</summary>
internal interface ISubscriber : IAsyncDisposable
{
    /// <summary>Listens to a channel, until <see cref="Unsubscribe"/>.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="notify">Called with each message, when the server has confirmed, and whenever something may have been missed; soon, and
    /// without anything that blocks.</param>
    void Subscribe(string channel, Action notify);

    /// <summary>Listens no longer.</summary>
    void Unsubscribe(string channel, Action notify);
}
