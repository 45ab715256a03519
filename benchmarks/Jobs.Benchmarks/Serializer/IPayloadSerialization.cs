namespace Jobs.Benchmarks.Serializer;

/// <summary>One payload, written and read by both serializers.</summary>
public interface IPayloadSerialization : IDisposable
{
    string Name { get; }

    int Length { get; }

    void WriteOurs();

    void WriteTheirs();

    void ReadOurs();

    void ReadTheirs();
}
