namespace Jobs.Tests.Properties;

public enum Behaviour
{
    Succeed,
    Fail,
    FailAlways,
    Forbidden,
    RetryLater,
    Defer,
    Reject,
    Slow,
    HonourTimeout,
    IgnoreTimeout,
    Bomb,
}
