using Jobs;
using Microsoft.Extensions.Logging;

namespace Orders;

/// <summary>What happens after an order.</summary>
public sealed partial class OrderJobs(IOrderStore orders, IMailer mailer, OrderJobsClient later, ILogger<OrderJobs> logger)
{
    /// <summary>Confirms an order by mail. What it enqueues is stored with its success, or not at all.</summary>
    [Job("orders.confirm", MaxAttempts = 5, Backoff = "00:00:01", Timeout = "00:00:30")]
    public async Task Confirm(Guid orderId, CancellationToken cancellationToken)
    {
        var order = await orders.FindAsync(orderId, cancellationToken) ?? throw new DeadLetterJobException($"There is no order {orderId}.");
        await mailer.SendAsync(order.Email, $"Your order over {order.Total} is confirmed", cancellationToken);
        await later.AskForReview(orderId, new() { Delay = TimeSpan.FromSeconds(10) }, cancellationToken);
        await later.Index(new OrderPlaced(orderId, order.Total), cancellationToken: cancellationToken);
    }

    /// <summary>Asks for a review some time after the order.</summary>
    [Job("orders.ask-for-review")]
    public async Task AskForReview(Guid orderId, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(orderId, cancellationToken) is { } order)
        {
            await mailer.SendAsync(order.Email, "How do you like it?", cancellationToken);
        }
    }

    /// <summary>Puts orders into the search index, many at a time.</summary>
    [Job("orders.index"), Batch(Size = 100, Window = "00:00:01")]
    public Task Index(IReadOnlyList<OrderPlaced> orders, CancellationToken cancellationToken)
    {
        LogIndexed(orders.Count, orders.Sum(static order => order.Total));
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "Indexed {Count} orders over {Total}")]
    private partial void LogIndexed(int count, decimal total);
}
