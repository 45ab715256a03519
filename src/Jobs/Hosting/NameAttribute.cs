using System.ComponentModel.DataAnnotations;

namespace Jobs.Hosting;

/// <summary>A name that becomes part of names at the broker: letters, digits, <c>-</c>, <c>_</c>; 1 to 64 characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NameAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is null || (value is string text && ConfigurationNames.IsName(text))
            ? ValidationResult.Success
            : new ValidationResult($"{ConfigurationNames.PathOf(validationContext)} must be 1 to 64 letters, digits, '-' or '_', but is '{value}'.");
}
