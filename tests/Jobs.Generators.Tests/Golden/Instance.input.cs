namespace Shop;

public interface IMailer;

/// <summary>Sends mail.</summary>
public sealed class EmailJobs(IMailer mailer)
{
    /// <summary>Welcomes a new user with a mail of <paramref name="template"/>; see <see cref="IMailer"/>.</summary>
    /// <param name="userId">Who is welcomed.</param>
    /// <param name="template">The mail's template.</param>
    /// <param name="ct">Stops the mail.</param>
    [Job("email.send-welcome", Queue = "critical", MaxAttempts = 5, Timeout = "00:00:30")]
    public Task SendWelcome(Guid userId, string template = "v1", CancellationToken ct = default)
    {
        _ = mailer;
        return Task.CompletedTask;
    }
}
