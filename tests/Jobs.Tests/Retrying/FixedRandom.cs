namespace Jobs.Tests.Retrying;

/// <summary>A random generator that always gives the same: to look at the ends of a range.</summary>
internal sealed class FixedRandom(double value) : Random
{
    public const double Highest = 1 - (1.0 / (1L << 53));

    public override double NextDouble() => value;
}
