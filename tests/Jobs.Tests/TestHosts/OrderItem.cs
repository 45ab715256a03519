namespace Jobs.Tests.TestHosts;

public sealed record OrderItem(int Id, string Name);
