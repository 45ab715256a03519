namespace Jobs.Testing;

/// <summary>A test's expectation was not met, or a test host cannot go on; the message says what is the matter.</summary>
public sealed class JobTestException(string message) : Exception(message);
