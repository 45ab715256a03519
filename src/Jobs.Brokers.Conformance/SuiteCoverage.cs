using System.Reflection;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>Knows all checks, and which of them a test assembly runs.</summary>
internal static class SuiteCoverage
{
    /// <summary>The capabilities that a check needs.</summary>
    public static IEnumerable<Capability> Needs(MethodInfo check, Type topic) =>
        NeedsOf(check).Concat(NeedsOf(topic)).Distinct();

    /// <summary>The topics with checks that apply to a fixture but that no class of its assembly takes over.</summary>
    public static IEnumerable<string> MissingTopics(Assembly tests, BrokerFixture fixture)
    {
        var covered = tests.GetTypes().Where(static type => !type.IsAbstract).Select(type => TopicOf(type, fixture.GetType())).ToHashSet();
        return Topics.Where(topic => !covered.Contains(topic) && Checks(topic).Any(check => Needs(check, topic).All(fixture.Declares))).Select(Name);
    }

    /// <summary>The declared capabilities that no check needs.</summary>
    public static IEnumerable<Capability> Unchecked(BrokerFixture fixture)
    {
        var needed = Topics.SelectMany(static topic => Checks(topic).SelectMany(check => Needs(check, topic))).ToHashSet();
        return Enum.GetValues<Capability>().Where(capability => fixture.Declares(capability) && !needed.Contains(capability));
    }

    private static IEnumerable<Type> Topics => typeof(SuiteCoverage).Assembly.GetTypes()
        .Where(static type => type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(BrokerConformance<>));

    private static IEnumerable<MethodInfo> Checks(Type topic) => topic
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(static method => method.GetCustomAttribute<FactAttribute>() is { Skip: null });

    private static IEnumerable<Capability> NeedsOf(MemberInfo member) => member.GetCustomAttribute<NeedsAttribute>()?.Capabilities ?? [];

    // The topic that a class takes over for a fixture, or null.
    private static Type? TopicOf(Type type, Type fixture)
    {
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            if (parent.IsGenericType && parent.BaseType is { IsGenericType: true } suite && suite.GetGenericTypeDefinition() == typeof(BrokerConformance<>))
            {
                return suite.GenericTypeArguments[0] == fixture ? parent.GetGenericTypeDefinition() : null;
            }
        }

        return null;
    }

    private static string Name(Type topic) => topic.Name[..topic.Name.IndexOf('`', StringComparison.Ordinal)];
}
