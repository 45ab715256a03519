namespace Jobs.Aot.Running;

internal sealed record View(string Url, int Weight = 1);
