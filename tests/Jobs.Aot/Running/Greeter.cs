namespace Jobs.Aot.Running;

internal sealed class Greeter(string word) : IGreeter
{
    public string Greet(string name) => $"{word} {name}";
}
