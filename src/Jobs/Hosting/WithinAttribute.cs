using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Jobs.Hosting;

/// <summary>A range for numbers and durations, or for the length of a text. Its message names the configuration path and the value.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WithinAttribute : ValidationAttribute
{
    private readonly long _minimum;
    private readonly long _maximum;
    private readonly string _range;

    public WithinAttribute(long minimum, long maximum)
    {
        _minimum = minimum;
        _maximum = maximum;
        _range = maximum == long.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"at least {minimum:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"{minimum:N0} to {maximum:N0}");
    }

    public WithinAttribute(string minimum, string maximum)
    {
        _minimum = TimeSpan.Parse(minimum, CultureInfo.InvariantCulture).Ticks;
        _maximum = TimeSpan.Parse(maximum, CultureInfo.InvariantCulture).Ticks;
        _range = $"{minimum} to {maximum}";
    }

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var (measure, shown) = value switch
        {
            int number => (number, Show(number)),
            long number => (number, Show(number)),
            TimeSpan duration => (duration.Ticks, duration.ToString()),
            string text => (text.Length, $"{Show(text.Length)} characters long"),
            _ => (_minimum, ""),
        };
        return measure >= _minimum && measure <= _maximum
            ? ValidationResult.Success
            : new ValidationResult($"{ConfigurationNames.PathOf(validationContext)} must be {_range}{(value is string ? " characters" : "")}, but is {shown}.");
    }

    private static string Show(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
