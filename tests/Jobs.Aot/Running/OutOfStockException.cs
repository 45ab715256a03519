namespace Jobs.Aot.Running;

/// <summary>Only configuration names it, as text: its name must survive publishing.</summary>
internal sealed class OutOfStockException(string message) : Exception(message);
