using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jobs.Serialization.Tests.Oracle;

/// <summary>Changes valid payloads in every place, and expects what the oracle makes of it: the same value, or an error where it has one.</summary>
public sealed class ToleranceTests
{
    private const int Values = 5;

    // Structs with a constructor: the oracle leaves what is missing zero, ours take their constructor at its word.
    private static readonly string[] StricterJobs = ["oracle.structs", "oracle.order", "oracle.arrays", "oracle.lists", "oracle.list-interfaces", "oracle.enumerables", "oracle.immutable-lists", "oracle.dictionaries", "oracle.init-only", "oracle.ignored", "oracle.generics"];

    private static readonly string[] OtherValues =
    [
        "null", "true", "false", "0", "-1", "1.5", "1e2", "300", "70000", "1e999", "99999999999999999999999999", "\"\"", "\"x\"", "\"xy\"", "\"10\"",
        "\"2026-02-30\"", "\"2026-02-28\"", "\"2026-02-28T01:02:03\"", "\"1:2\"", "\"25:00:00\"", "\" 1:00:00\"", "\"1.02:03:04.5\"", "\"\\u0031:00:00\"",
        "\"1.2\"", "\" 1.2\"", "\"1.2.3.4.5\"", "\"AAAA\"", "\"A\"", "\"\\ud800\"", "\"\\u00e4\"", "\"http://[\"", "\"00000000-0000-0000-0000-000000000000\"",
        "\"00000000000000000000000000000000\"", "\"NaN\"", "[]", "[null]", "[[]]", "[1]", "[\"a\"]", "{}", "{\"a\":1}", "{\"a\":null}",
    ];

    [Theory, MemberData(nameof(OracleJob.Names), MemberType = typeof(OracleJob))]
    public void Reads_other_values_as_the_oracle_does(string name)
    {
        var job = OracleJob.All[name];
        for (var seed = 0; seed < Values; seed++)
        {
            var json = job.WriteByOracle(job.CreateArgs(new RandomValues(seed)));
            foreach (var (path, changed) in Replacements(json))
            {
                AssertLikeOracle(job, changed, path, seed);
            }
        }
    }

    [Theory, MemberData(nameof(OracleJob.Names), MemberType = typeof(OracleJob))]
    public void Reads_objects_that_lack_a_member_as_the_oracle_does(string name)
    {
        Assert.SkipWhen(StricterJobs.Contains(name), "Structs with a constructor demand what it demands.");
        var job = OracleJob.All[name];
        for (var seed = 0; seed < Values; seed++)
        {
            foreach (var (path, changed) in Removals(job.WriteByOracle(job.CreateArgs(new RandomValues(seed)))))
            {
                AssertLikeOracle(job, changed, path, seed);
            }
        }
    }

    [Theory, MemberData(nameof(OracleJob.Names), MemberType = typeof(OracleJob))]
    public void Reads_members_in_any_order_escaped_repeated_and_among_unknown_ones(string name)
    {
        var job = OracleJob.All[name];
        for (var seed = 0; seed < Values; seed++)
        {
            var json = job.WriteByOracle(job.CreateArgs(new RandomValues(seed)));
            using var document = JsonDocument.Parse(json);
            foreach (var style in Enum.GetValues<MemberStyle>())
            {
                var changed = Rewrite(document.RootElement, style);

                var expected = Encoding.UTF8.GetString(job.WriteByOracle(job.ReadByOracle(changed)));
                var actual = Encoding.UTF8.GetString(job.WriteByOracle(job.Read(changed)));
                Assert.True(expected == actual, $"Seed {seed}, {style}:\n{Encoding.UTF8.GetString(changed)}\nexpected {expected}\nactual   {actual}");
            }
        }
    }

    private static void AssertLikeOracle(OracleJob job, byte[] json, string path, int seed)
    {
        string? expected = null;
        try
        {
            expected = Encoding.UTF8.GetString(job.WriteByOracle(job.ReadByOracle(json)));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Ours must refuse it too.
        }

        string? actual = null;
        try
        {
            actual = Encoding.UTF8.GetString(job.WriteByOracle(job.Read(json)));
        }
        catch (JobPayloadException e)
        {
            Assert.Equal(job.Name, e.JobName);
            Assert.True(e.Member is not null && Covers(e.Member, path), $"Seed {seed}: {path} is wrong, '{e.Message}' says {e.Member}.");
        }

        Assert.True(expected == actual, $"Seed {seed}, {path} in {Encoding.UTF8.GetString(json)}:\nexpected {expected ?? "an error"}\nactual   {actual ?? "an error"}");
    }

    // A replacement may be wrong further inside.
    private static bool Covers(string member, string path) => member.StartsWith(path, StringComparison.Ordinal);

    private static IEnumerable<(string Path, byte[] Json)> Replacements(byte[] json)
    {
        var root = JsonNode.Parse(json)!;
        foreach (var (node, path) in Descendants(root, "").ToList())
        {
            foreach (var other in OtherValues)
            {
                var replacement = JsonNode.Parse(other);
                Replace(node, replacement);
                yield return (path, Encoding.UTF8.GetBytes(root.ToJsonString()));
                Replace((node.Parent, node.Key, replacement), node.Value);
            }
        }
    }

    private static IEnumerable<(string Path, byte[] Json)> Removals(byte[] json)
    {
        foreach (var index in Enumerable.Range(0, Descendants(JsonNode.Parse(json)!, "").Count()))
        {
            var root = JsonNode.Parse(json)!;
            var (node, path) = Descendants(root, "").ElementAt(index);
            if (node.Parent is JsonObject parent)
            {
                parent.Remove((string)node.Key);
                yield return (path, Encoding.UTF8.GetBytes(root.ToJsonString()));
            }
        }
    }

    private static void Replace((JsonNode Parent, object Key, JsonNode? Value) place, JsonNode? replacement)
    {
        if (place.Parent is JsonObject parent)
        {
            parent[(string)place.Key] = replacement;
        }
        else
        {
            place.Parent[(int)place.Key] = replacement;
        }
    }

    private static IEnumerable<((JsonNode Parent, object Key, JsonNode? Value) Node, string Path)> Descendants(JsonNode? node, string path)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => ((object)member.Key, member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}")),
            JsonArray items => items.Select((item, i) => ((object)i, item, $"{path}[{i}]")),
            _ => [],
        };
        foreach (var (key, value, childPath) in children.ToList())
        {
            yield return ((node!, key, value), childPath);
            foreach (var descendant in Descendants(value, childPath))
            {
                yield return descendant;
            }
        }
    }

    private static byte[] Rewrite(JsonElement root, MemberStyle style)
    {
        using var json = new MemoryStream();
        using (var writer = new StreamWriter(json, leaveOpen: true))
        {
            Rewrite(root, style, writer);
        }

        return json.ToArray();
    }

    private static void Rewrite(JsonElement element, MemberStyle style, TextWriter writer)
    {
        // What looks like an object may be a dictionary, where an unknown member is an entry: there both readers must agree all the same.
        if (element.ValueKind != JsonValueKind.Object)
        {
            writer.Write(element.GetRawText());
            return;
        }

        var members = element.EnumerateObject().ToList();
        if (style == MemberStyle.Reversed)
        {
            members.Reverse();
        }

        writer.Write('{');
        var separator = "";
        foreach (var member in members)
        {
            if (style == MemberStyle.Repeated)
            {
                writer.Write($"{separator}{JsonSerializer.Serialize(member.Name)}:{member.Value.GetRawText()}");
                separator = " , ";
            }

            if (style == MemberStyle.AmongUnknown)
            {
                writer.Write($"{separator}\"unknown\\u0020\":[1,{{\"{member.Name.Length}\":null}}]");
                separator = ",";
            }

            var name = style == MemberStyle.Escaped ? '"' + string.Concat(member.Name.Select(c => $"\\u{(int)c:x4}")) + '"' : JsonSerializer.Serialize(member.Name);
            writer.Write($"{separator}\n{name} : ");
            Rewrite(member.Value, style, writer);
            separator = ",";
        }

        writer.Write('}');
    }

    private enum MemberStyle
    {
        Reversed,
        Escaped,
        Repeated,
        AmongUnknown,
    }
}
