namespace Jobs.Tests.Properties;

public readonly record struct ChaosItem(int Number);
