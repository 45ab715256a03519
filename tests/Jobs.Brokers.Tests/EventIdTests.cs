using System.Reflection;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Redis;
using Jobs.Brokers.Sqs;
using Jobs.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Tests;

/// <summary>An event id means one message, whichever packages log into one place.</summary>
public sealed class EventIdTests
{
    [Fact]
    public void No_two_messages_of_the_packages_have_one_id()
    {
        var messages = new[] { typeof(JobsOptions), typeof(RedisBrokerOptions), typeof(NatsBrokerOptions), typeof(SqsBrokerOptions) }
            .SelectMany(static type => type.Assembly.GetTypes())
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(static method => (method.Name, method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(static message => message.EventId is not null)
            .ToList();

        Assert.NotEmpty(messages);
        Assert.DoesNotContain(messages.GroupBy(static message => message.EventId), static same => same.Count() > 1);
    }
}
