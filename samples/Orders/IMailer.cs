namespace Orders;

/// <summary>Sends mail.</summary>
public interface IMailer
{
    ValueTask SendAsync(string address, string subject, CancellationToken cancellationToken);
}
