using System.Reflection;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Tests;

/// <summary>Models outlive the compilation that they were made of, so they hold nothing of it and compare by value.</summary>
public sealed class ModelShapeTests
{
    private static IEnumerable<Type> Models => typeof(JobModel).Assembly.GetTypes()
        .Where(static t => t.Namespace == typeof(JobModel).Namespace && !t.IsEnum && !(t.IsAbstract && t.IsSealed) && !t.IsNested);

    [Fact]
    public void Models_hold_nothing_of_the_compiler()
    {
        var wrong = Fields().Where(static f => Parts(f.FieldType).Any(static t =>
            t.Namespace?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true && t != typeof(SpecialType)));
        Assert.Empty(wrong.Select(static f => $"{f.DeclaringType}.{f.Name}"));
    }

    [Fact]
    public void Models_compare_by_value()
    {
        Assert.All(Models, static t => Assert.True(IsEquatable(t), t.Name));
        var wrong = Fields().Where(static f => f.DeclaringType!.Name != "EquatableArray`1" && Parts(f.FieldType).Any(static t => !IsEquatable(t)));
        Assert.Empty(wrong.Select(static f => $"{f.DeclaringType}.{f.Name}"));
    }

    private static IEnumerable<FieldInfo> Fields() => Models.SelectMany(static t => t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));

    private static IEnumerable<Type> Parts(Type type) =>
        type.IsArray ? [type, type.GetElementType()!] : [type, .. type.GenericTypeArguments.SelectMany(Parts)];

    private static bool IsEquatable(Type type) =>
        !type.IsArray && (type.IsEnum || type.IsGenericParameter || Nullable.GetUnderlyingType(type) is not null
            || type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEquatable<>)));
}
