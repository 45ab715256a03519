using System.Threading.Channels;

namespace Jobs.AspNetCore.Tests;

/// <summary>Lets a job take steps, and end.</summary>
public sealed class Gate
{
    private readonly Channel<int> _steps = Channel.CreateUnbounded<int>();

    public void Step(int number) => _steps.Writer.TryWrite(number);

    public void Open() => _steps.Writer.TryComplete();

    public IAsyncEnumerable<int> StepsAsync(CancellationToken cancellationToken) => _steps.Reader.ReadAllAsync(cancellationToken);
}
