using System.Text;
using System.Text.Json;

namespace Jobs.Serialization.Tests.Oracle;

/// <summary>Changes valid payloads in every place, and expects what the oracle makes of it: the same value, or an error where it has one.</summary>
public sealed class ToleranceTests
{
    private const int Values = 2;
    private const string Failure = "an error";
    private const string Missing = "an error: missing";

    // The oracle leaves zero what a struct's constructor demands but the JSON lacks; ours takes the constructor at its word, as
    // with classes. So it does with args, and with these jobs, which have records that are structs.
    private static readonly string[] StrictJobs =
    [
        "oracle.structs", "oracle.order", "oracle.arrays", "oracle.lists", "oracle.list-interfaces", "oracle.enumerables", "oracle.immutable-lists",
        "oracle.dictionaries", "oracle.init-only", "oracle.ignored", "oracle.generics", "oracle.integer-keys", "oracle.guid-keys",
    ];

    // What a context reads may be wrong further inside than it says; a key that is none is named by its dictionary.
    private static readonly string[] CoarseJobs =
    [
        "oracle.integer-keys", "oracle.guid-keys", "oracle.enum-keys", "oracle.nested-keys", "oracle.key-interfaces", "oracle.optional-collections",
        "oracle.polymorphic", "oracle.polymorphic-classes", "oracle.polymorphic-collections", "oracle.converted", "oracle.framework", "oracle.mixed-leaves",
    ];

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
            foreach (var value in JsonSpan.Find(json))
            {
                foreach (var other in OtherValues)
                {
                    var changed = value.Replace(json, other);

                    AssertSame(job, changed, value.Path, seed, other);
                }
            }
        }
    }

    [Theory, MemberData(nameof(OracleJob.Names), MemberType = typeof(OracleJob))]
    public void Reads_objects_that_lack_a_member_as_the_oracle_does(string name)
    {
        var job = OracleJob.All[name];
        for (var seed = 0; seed < Values; seed++)
        {
            var json = job.WriteByOracle(job.CreateArgs(new RandomValues(seed)));
            foreach (var member in JsonSpan.Find(json).Where(value => value.NameLength > 0))
            {
                var changed = member.Rename(json, "unknown");

                AssertSame(job, changed, member.Path, seed, "removed");
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
                AssertSame(job, changed, "", seed, style.ToString());
            }
        }
    }

    private static void AssertSame(OracleJob job, byte[] json, string path, int seed, string change)
    {
        var expected = Expect(job, json);
        var actual = Read(job, json, path);

        var mayBeStricter = actual == Missing && (StrictJobs.Contains(job.Name) || !path.Contains('.', StringComparison.Ordinal));
        if (expected != actual && !mayBeStricter && !(expected == Failure && actual == Missing))
        {
            Assert.Fail($"Seed {seed}, {path} {change} in {Encoding.UTF8.GetString(json)}:\nexpected {expected}\nactual   {actual}");
        }
    }

    private static string Expect(OracleJob job, byte[] json)
    {
        try
        {
            return Rewrite(job, job.ReadByOracle(json));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            return Failure;
        }
    }

    private static string Read(OracleJob job, byte[] json, string path)
    {
        try
        {
            return Rewrite(job, job.Read(json));
        }
        catch (JobPayloadException e)
        {
            // What replaced a value may be wrong further inside.
            Assert.Equal(job.Name, e.JobName);
            var isInside = CoarseJobs.Contains(job.Name) && path.StartsWith(e.Member ?? "-", StringComparison.Ordinal);
            Assert.True(isInside || (e.Member ?? "").StartsWith(path, StringComparison.Ordinal), $"{path} is wrong, not {e.Member}.");
            return e.Problem.Contains("required, but missing", StringComparison.Ordinal) ? Missing : Failure;
        }
    }

    // A member that is missing may leave a null, and a number may overflow to infinity: neither can be written.
    private static string Rewrite(OracleJob job, object args)
    {
        try
        {
            return Encoding.UTF8.GetString(job.WriteByOracle(args));
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return "a value that cannot be written";
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
