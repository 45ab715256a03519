using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Jobs.Serialization.Tests.Oracle;

/// <summary>Makes values of any payload type from a seed.</summary>
/// <param name="seed">The same seed makes the same values.</param>
/// <param name="anyNulls">True makes references null even where they may not be.</param>
public sealed class RandomValues(int seed, bool anyNulls = false)
{
    private const int DeepestObject = 6;

    private readonly Random _random = new(seed);

    public object CreateArgs(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length);
        if (constructor is null)
        {
            return Activator.CreateInstance(type)!;
        }

        var nullability = new NullabilityInfoContext();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter =>
            Create(parameter.ParameterType, nullability.Create(parameter).ReadState != NullabilityState.NotNull, 0))]);
    }

    private object? Create(Type type, bool mayBeNull, int depth)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Chance(4) ? null : Create(underlying, mayBeNull: false, depth);
        }

        if (!type.IsValueType && (mayBeNull || anyNulls) && (depth > DeepestObject || Chance(anyNulls ? 20 : 4)))
        {
            return null;
        }

        return type.IsEnum ? CreateEnum(type)
            : CreateScalar(type) ?? (type.IsArray ? CreateArray(type.GetElementType()!, depth) : CreateCollection(type, depth) ?? CreateObject(type, depth));
    }

    private object? CreateScalar(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => Chance(2),
        TypeCode.SByte => (sbyte)Integer(),
        TypeCode.Byte => (byte)Integer(),
        TypeCode.Int16 => (short)Integer(),
        TypeCode.UInt16 => (ushort)Integer(),
        TypeCode.Int32 => (int)Integer(),
        TypeCode.UInt32 => (uint)Integer(),
        TypeCode.Int64 => Integer(),
        TypeCode.UInt64 => (ulong)Integer(),
        TypeCode.Single => Finite((float)Double(), 1f),
        TypeCode.Double => Double(),
        TypeCode.Decimal => new decimal(_random.Next(), _random.Next(), Chance(2) ? 0 : _random.Next(), Chance(2), (byte)_random.Next(29)),
        TypeCode.Char => Character(),
        TypeCode.String => Text(),
        TypeCode.DateTime => new DateTime(Ticks(), (DateTimeKind)_random.Next(3)),
        _ => CreateNamed(type),
    };

    private object? CreateNamed(Type type) => type switch
    {
        _ when type == typeof(Guid) => new Guid(Bytes(16)),
        _ when type == typeof(DateTimeOffset) => new DateTimeOffset(Ticks() + TimeSpan.TicksPerDay, TimeSpan.FromMinutes(_random.Next(-840, 841))),
        _ when type == typeof(DateOnly) => DateOnly.FromDateTime(new DateTime(Ticks())),
        _ when type == typeof(TimeOnly) => new TimeOnly(_random.NextInt64(TimeSpan.TicksPerDay)),
        _ when type == typeof(TimeSpan) => Chance(3) ? TimeSpan.FromSeconds(_random.Next(-100000, 100000)) : new TimeSpan(Integer()),
        _ when type == typeof(Uri) => new Uri(Chance(2) ? $"https://example.com/{_random.Next()}?q=ä&x=%20{(char)_random.Next('a', 'z')}" : "relative/path#x", UriKind.RelativeOrAbsolute),
        _ when type == typeof(Version) => Chance(2) ? new Version(_random.Next(), _random.Next(), _random.Next(), _random.Next()) : new Version(1, _random.Next(9)),
        _ when type == typeof(byte[]) => Bytes(_random.Next(40)),
        _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(Bytes(_random.Next(40))),
        _ when type == typeof(JsonElement) => Element(),
        _ when type == typeof(Int128) => new Int128((ulong)Integer(), (ulong)Integer()),
        _ => null,
    };

    private object CreateEnum(Type type) =>
        Chance(3) ? Enum.ToObject(type, CreateScalar(Enum.GetUnderlyingType(type))!) : Enum.GetValues(type).GetValue(_random.Next(Enum.GetValues(type).Length))!;

    private Array CreateArray(Type element, int depth)
    {
        var array = Array.CreateInstance(element, Length(depth));
        for (var i = 0; i < array.Length; i++)
        {
            array.SetValue(Create(element, mayBeNull: true, depth + 1), i);
        }

        return array;
    }

    private object? CreateCollection(Type type, int depth)
    {
        if (!type.IsGenericType || type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) != true)
        {
            return null;
        }

        var arguments = type.GetGenericArguments();
        var method = arguments.Length == 1 ? nameof(CreateItems) : nameof(CreateDictionary);
        return typeof(RandomValues).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(arguments).Invoke(this, [type.GetGenericTypeDefinition(), depth]);
    }

    private object CreateItems<T>(Type type, int depth)
    {
        var items = (T[])CreateArray(typeof(T), depth);
        return type switch
        {
            _ when type == typeof(List<>) => items.ToList(),
            _ when type == typeof(HashSet<>) => items.ToHashSet(),
            _ when type == typeof(ImmutableArray<>) => items.ToImmutableArray(),
            _ when type == typeof(ImmutableList<>) => items.ToImmutableList(),
            _ when type == typeof(ImmutableHashSet<>) => items.ToImmutableHashSet(),
            _ when type == typeof(ISet<>) => Chance(2) ? items.ToHashSet() : new SortedSet<T>(items),
            _ when type == typeof(IEnumerable<>) && Chance(3) => items.Where(_ => true),
            _ when (type == typeof(ICollection<>) || type == typeof(IReadOnlyCollection<>)) && Chance(3) => new LinkedList<T>(items),
            _ => Chance(2) ? items : items.ToList(),
        };
    }

    private object CreateDictionary<TKey, T>(Type type, int depth)
        where TKey : notnull
    {
        var items = new Dictionary<TKey, T>();
        foreach (var value in (T[])CreateArray(typeof(T), depth))
        {
            items[(TKey)(typeof(TKey).IsEnum ? CreateEnum(typeof(TKey)) : CreateScalar(typeof(TKey))!)] = value;
        }

        return type == typeof(ImmutableDictionary<,>) ? items.ToImmutableDictionary()
            : type != typeof(Dictionary<,>) && Chance(2) ? new SortedList<TKey, T>(items, StringComparer.Ordinal as IComparer<TKey>)
            : items;
    }

    private object CreateObject(Type type, int depth)
    {
        var derived = type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).Select(static attribute => attribute.DerivedType).ToArray();
        if (type.IsAbstract)
        {
            type = derived[_random.Next(derived.Length)];
        }

        var properties = OracleJob.Options.GetTypeInfo(type).Properties;
        var constructor = FindConstructor(type);
        var parameters = constructor?.GetParameters() ?? [];
        var value = constructor is null ? Activator.CreateInstance(type)! : constructor.Invoke([.. parameters.Select(parameter =>
            Create(parameter.ParameterType, properties.Any(property => Matches(parameter, property) && MayBeNull(property)), depth + 1))]);
        foreach (var property in properties)
        {
            if (property.Get is not null && property.AttributeProvider is PropertyInfo { SetMethod.IsPublic: true } member && !parameters.Any(parameter => Matches(parameter, property))
                && (property.IsRequired || !Chance(5) || (member.GetValue(value) is null && !MayBeNull(property))))
            {
                member.SetValue(value, Create(member.PropertyType, MayBeNull(property), depth + 1));
            }
        }

        return value;
    }

    private static bool MayBeNull(JsonPropertyInfo property) =>
        property.IsGetNullable && (property.AssociatedParameter?.IsNullable ?? (property.Set is null || property.IsSetNullable));

    private static bool Matches(ParameterInfo parameter, JsonPropertyInfo property) =>
        property.AttributeProvider is PropertyInfo member && string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase);

    private static ConstructorInfo? FindConstructor(Type type)
    {
        var constructors = type.GetConstructors();
        return constructors.FirstOrDefault(constructor => constructor.IsDefined(typeof(JsonConstructorAttribute)))
            ?? constructors.FirstOrDefault(constructor => constructor.GetParameters().Length == 0)
            ?? (constructors.Length == 1 ? constructors[0] : null);
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private int Length(int depth) => depth > DeepestObject ? 0 : _random.Next(depth > 2 ? 2 : 5);

    private long Integer() => _random.Next(6) switch
    {
        0 => _random.Next(-3, 4),
        1 => long.MinValue >> _random.Next(64),
        2 => long.MaxValue >> _random.Next(64),
        _ => _random.NextInt64(long.MinValue, long.MaxValue),
    };

    private double Double() => _random.Next(4) switch
    {
        0 => _random.Next(-5, 6),
        1 => -0.0,
        2 => _random.NextDouble(),
        _ => Finite(BitConverter.Int64BitsToDouble(_random.NextInt64(long.MinValue, long.MaxValue)), 1.0),
    };

    private static double Finite(double value, double otherwise) => double.IsFinite(value) ? value : otherwise;

    private static float Finite(float value, float otherwise) => float.IsFinite(value) ? value : otherwise;

    private long Ticks() => Chance(4) ? TimeSpan.TicksPerSecond * _random.NextInt64(1_000_000) : _random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - (3 * TimeSpan.TicksPerDay));

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    // Half plain, half what needs escapes, surrogates without a partner included.
    private char Character() => _random.Next(8) switch
    {
        < 4 => (char)_random.Next('a', 'z' + 1),
        4 => "\"\\/<>&'+`\0\n\r\t\b\f\u007f\u2028\ufeff"[_random.Next(18)],
        5 => (char)_random.Next(0xD800, 0xE000),
        _ => (char)_random.Next(0xFFFF),
    };

    private string Text()
    {
        var text = new StringBuilder();
        for (var i = _random.Next(12); i > 0; i--)
        {
            text.Append(Chance(10) ? "\U0001F600" : Character().ToString());
        }

        return text.ToString();
    }

    private JsonElement Element()
    {
        string[] texts = ["null", "true", "1.10e5", "\"ä\\u0041\"", "[1,[],{}]", "{ \"a\": [null, {\"b\": \"<\"}], \"a\": 1 }", "-0", "12345678901234567890123"];
        using var document = JsonDocument.Parse(texts[_random.Next(texts.Length)]);
        return document.RootElement.Clone();
    }
}
