namespace Jobs.Tests.Properties;

public sealed class ForbiddenException() : Exception("This must not be tried again.");
