using Jobs.Generators.Model;

namespace Jobs.Generators.Shipped;

/// <summary>Lists the members of a payload or result, those of the objects in it included.</summary>
internal sealed class PayloadMembers
{
    private readonly EquatableArray<PayloadShape> _shapes;
    private readonly Stack<int> _around = new();
    private readonly List<ShippedMember> _members = [];

    private PayloadMembers(EquatableArray<PayloadShape> shapes) => _shapes = shapes;

    /// <summary>Lists those of a job's present version.</summary>
    public static List<ShippedMember> Of(JobModel job)
    {
        if (job.Batch is { } batch)
        {
            return Of(batch.Item);
        }

        var list = new PayloadMembers(job.Payload.Shapes);
        foreach (var member in job.Payload.Members)
        {
            list.Add(member.JsonName, member.Value, member.AllowsNull, member.Default is null, mayBeOmitted: false);
        }

        return list._members;
    }

    /// <summary>Lists those of a type that travels as a whole.</summary>
    public static List<ShippedMember> Of(PayloadTypeModel type)
    {
        var list = new PayloadMembers(type.Shapes);
        list.AddHeld(type.Value, "");
        return list._members;
    }

    /// <summary>Lists those of what a job returns, the whole first; none if it returns nothing.</summary>
    public static IEnumerable<ShippedMember> OfResult(JobModel job)
    {
        if (job.Result is not { } result)
        {
            return [];
        }

        var list = new PayloadMembers(result.Shapes);
        list.Add("", result.Value, result.Type.IsNullable, isRequired: true, mayBeOmitted: false);
        return list._members.Select(static m => m with { IsResult = true });
    }

    private void Add(string path, ValueModel value, bool mayBeNull, bool isRequired, bool mayBeOmitted)
    {
        _members.Add(new ShippedMember(path, NameOf(value) + (mayBeNull ? "?" : ""), isRequired, mayBeOmitted));
        AddHeld(value, path);
    }

    private void AddHeld(ValueModel value, string path)
    {
        if (value.Kind != ValueKind.Shape)
        {
            return;
        }

        if (_shapes[value.Shape] is CollectionShape collection)
        {
            AddHeld(collection.Element, path + "[]");
        }
        else if (!_around.Contains(value.Shape))
        {
            _around.Push(value.Shape);
            // What is only written, nobody reads.
            foreach (var member in ((ObjectShape)_shapes[value.Shape]).Members.Where(static m => m.Assignment != MemberAssignment.None))
            {
                Add(path.Length == 0 ? member.JsonName : $"{path}.{member.JsonName}", member.Value, member.MayReadNull, member.IsRequired, member.Condition != WriteCondition.Always);
            }

            _around.Pop();
        }
    }

    private string NameOf(ValueModel value) => value.Kind switch
    {
        ValueKind.Shape when _shapes[value.Shape] is CollectionShape collection => NameOf(collection),
        ValueKind.Shape => _around.Contains(value.Shape) ? "recursive" : "object",
        ValueKind.ByteArray or ValueKind.ReadOnlyMemoryOfByte => "base64",
        ValueKind.JsonElement => "json",
        // How a context writes a type is not known here; that it is this type is, and which cases of it readers know.
        ValueKind.Delegated => (value.Type.Name.Replace("global::", "") + (value.Cases.Count == 0 ? "" : $"({string.Join(",", value.Cases)})")).Replace(" ", ""),
        ValueKind.Boolean => "bool",
        ValueKind.SByte => "sbyte",
        ValueKind.Byte => "byte",
        ValueKind.Int16 => "short",
        ValueKind.UInt16 => "ushort",
        ValueKind.Int32 => "int",
        ValueKind.UInt32 => "uint",
        ValueKind.Int64 => "long",
        ValueKind.UInt64 => "ulong",
        ValueKind.Single => "float",
        ValueKind.Double => "double",
        ValueKind.Decimal => "decimal",
        ValueKind.Char => "char",
        ValueKind.String => "string",
        var kind => kind.ToString(),
    };

    private string NameOf(CollectionShape collection)
    {
        var element = NameOf(collection.Element) + (collection.Element.Type.IsNullable ? "?" : "");
        return collection.Kind switch
        {
            _ when collection.Key is { } key => $"map<{NameOf(key)},{element}>",
            CollectionKind.HashSet or CollectionKind.SetInterface or CollectionKind.ImmutableHashSet => $"set<{element}>",
            _ => element + "[]",
        };
    }
}
