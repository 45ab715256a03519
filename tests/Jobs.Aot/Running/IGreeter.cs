namespace Jobs.Aot.Running;

internal interface IGreeter
{
    string Greet(string name);
}
