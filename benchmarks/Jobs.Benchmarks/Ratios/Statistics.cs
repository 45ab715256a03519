namespace Jobs.Benchmarks.Ratios;

internal static class Statistics
{
    public static double Median(this IEnumerable<double> values) => Percentile([.. values], 0.5);

    /// <summary>Interpolates between the two nearest ranks.</summary>
    public static double Percentile(double[] values, double share)
    {
        Array.Sort(values);
        var rank = share * (values.Length - 1);
        var below = (int)rank;
        var above = Math.Min(below + 1, values.Length - 1);
        return values[below] + ((rank - below) * (values[above] - values[below]));
    }
}
