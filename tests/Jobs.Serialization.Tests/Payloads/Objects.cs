using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jobs.Serialization.Tests.Payloads;

public readonly record struct Point(int X, int Y);

public record struct Money(decimal Amount, string Currency)
{
    public string? Note { get; set; }
}

public struct Plainly
{
    public int A { get; set; }

    public string? B { get; set; }
}

public readonly struct Frozen
{
    [JsonConstructor]
    public Frozen(int a, string b) => (A, B) = (a, b);

    public int A { get; }

    public string B { get; }
}

public sealed record Structs(Point A, Point? B, Money C, Plainly D, Frozen E, Plainly? F, List<Money?> G);

public record Node(string Name, Node? Next = null, List<Node>? Children = null);

public sealed class Even
{
    public Odd? Next { get; set; }

    public int Value { get; set; }
}

public sealed class Odd
{
    public Even? Next { get; init; }

    public required int Value { get; init; }
}

public class Settable
{
    public int A { get; set; } = 7;

    public string B { get; set; } = "seven";

    public string? C { get; set; }

    public List<int> D { get; set; } = [7];
}

public class InitOnly
{
    public int A { get; init; } = 7;

    public string B { get; init; } = "seven";

    public string? C { get; init; } = "c";

    public Point D { get; init; } = new(7, 7);

    public int E { get; set; } = 8;
}

public struct InitOnlyStruct
{
    public InitOnlyStruct()
    {
    }

    public int A { get; init; } = 7;

    public string B { get; init; } = "seven";
}

public class Base
{
    public int Id { get; set; }

    public string BaseName { get; init; } = "base";

    public virtual string Virtual { get; set; } = "v";

    public string? Hidden => null;
}

public class Middle : Base
{
    public string MiddleName { get; set; } = "middle";

    public override string Virtual { get; set; } = "middle";

    public new int Hidden { get; set; } = 3;
}

public sealed class Derived : Middle
{
    public string Own { get; set; } = "own";
}

public record BaseRecord(int Id, string? Tag = "tag");

public sealed record DerivedRecord(int Id, double Score) : BaseRecord(Id)
{
    public bool Extra { get; init; } = true;
}

public sealed class Chosen
{
    public Chosen()
    {
    }

    [JsonConstructor]
    public Chosen(int a, string b = "b") => (A, B) = (a, b);

    public int A { get; }

    public string? B { get; }

    public int C { get; set; }
}

public sealed class Only(int first, string? second)
{
    public int First { get; } = first;

    public string? SECOND { get; } = second;

    public int Sum => First + 1;
}

public sealed record Defaults(
    bool A = true,
    int B = -5,
    long C = long.MinValue,
    float D = 1.5f,
    double E = -0.25,
    decimal F = 1.10m,
    char G = '\'',
    string H = "a\"\\\n\u2028ä",
    string? I = null,
    Plain J = Plain.Class,
    Plain? K = Plain.Negative,
    Guid L = default,
    int? M = 3,
    TimeSpan N = default,
    ulong O = ulong.MaxValue,
    Flags P = Flags.Last,
    double Q = double.MaxValue,
    float R = float.Epsilon,
    sbyte S = -1,
    string T = "");

public class Required
{
    public required int A { get; set; }

    public required string B { get; init; }

    public required string? C { get; set; }

    public int D { get; init; } = 4;

    [JsonRequired]
    public int E { get; set; } = 5;
}

public class SetsRequired
{
    [SetsRequiredMembers]
    public SetsRequired() => A = 3;

    public required int A { get; set; }

    public required string? B { get; init; }
}

public sealed class Renamed
{
    [JsonPropertyName("first name")]
    public string A { get; set; } = "";

    [JsonPropertyName("größe<&\"")]
    public int B { get; set; }

    [JsonPropertyName("\U0001F600")]
    public int C { get; init; }

    [JsonPropertyName("C")]
    public int D { get; init; }
}

public sealed class Ignored
{
    [JsonIgnore]
    public Action? Never { get; set; }

    [JsonIgnore]
    public string Computed => throw new InvalidOperationException();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? A { get; set; } = "a";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? B { get; set; } = 2;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int C { get; init; } = 3;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Point D { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? E { get; set; }

    [JsonIgnore]
    public int F { get; private set; }
}

public sealed record IgnoredParameter(int A, [property: JsonIgnore] int B = 9);

public sealed record Elements(JsonElement A, JsonElement? B, List<JsonElement> C, Dictionary<string, JsonElement> D);

public sealed record Page<T>(IReadOnlyList<T> Items, T? First, string? Next = null);

public class Box<T>
{
    public T Value { get; init; } = default!;

    public List<T> More { get; set; } = [];
}

public class NotNullBox<T>
    where T : notnull
{
    public T Value { get; set; } = default!;
}

public sealed record Generics(Page<Point> A, Page<string> B, Box<int> C, Box<string> D, Box<Box<Node?>> E, Outer<int>.Inner<string> F, Box<int?> G);

public static class Outer<T>
{
    public sealed record Inner<TOther>(T A, TOther B);
}

public sealed record Computed(int A, int B)
{
    public int Sum => A + B;

    public string Text => string.Create(CultureInfo.InvariantCulture, $"{A}+{B}");

    public Point[] Points => [new(A, B)];
}

public sealed class Names
{
    public int URLValue { get; set; }

    public int IOStream { get; set; }

    public int ID { get; set; }

    public int A1B { get; set; }

    public int _Foo { get; set; }

    public int ÄÖ { get; set; }

    public int lower { get; set; }

    public int @class { get; set; }

    public int @event { get; init; }

    public int I { get; set; }

    public int İstanbul { get; set; }

    public int XMLHttpRequest2 { get; set; }
}

public sealed class Annotated
{
    [AllowNull]
    public string A { get; set => field = value ?? "null"; } = "a";

    [DisallowNull]
    public string? B { get; set; } = "b";

    [MaybeNull]
    public string C { get; set; } = "c";

    [NotNull]
    public string? D { get; set; } = "d";

    public string E { get; set; } = "e";
}

public sealed class Empty;

public sealed record Deep(Level1 A);

public sealed record Level1(Level2 B);

public sealed record Level2(List<Level3> C);

public sealed record Level3(Dictionary<string, int> D);

internal sealed record Internal(int A, Internal.Inner B)
{
    internal sealed record Inner(string C);
}

#nullable disable
public sealed class Oblivious
{
    public string A { get; set; } = "a";

    public List<string> B { get; set; }

    public Node C { get; init; }
}
