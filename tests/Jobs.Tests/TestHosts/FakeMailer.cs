namespace Jobs.Tests.TestHosts;

/// <summary>Notes what is sent, and fails as often as it is told.</summary>
public sealed class FakeMailer : IMailer
{
    private readonly List<string> _sent = [];

    public int Failures { get; set; }

    public TimeSpan Delay { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public IReadOnlyList<string> Sent => _sent;

    public async Task SendAsync(string address, CancellationToken cancellationToken)
    {
        if (Failures > 0)
        {
            Failures--;
            throw new IOException("The mail server does not answer.");
        }

        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, Time, cancellationToken);
        }

        _sent.Add(address);
    }
}
