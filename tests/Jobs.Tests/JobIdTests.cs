using System.Text;

namespace Jobs.Tests;

public sealed class JobIdTests
{
    private const string Uuid = "019ab5cd-7e00-7a3b-8c4d-5e6f708192a3";

    [Theory]
    [InlineData(Uuid, true)]
    [InlineData("019AB5CD-7E00-7A3B-8C4D-5E6F708192A3", false)]
    [InlineData("019ab5cd-7e00-7a3b-8c4d-5e6f708192A3", false)]
    [InlineData("00000000-0000-0000-0000-000000000000", false)]
    [InlineData("0x9ab5cd-7e00-7a3b-8c4d-5e6f708192a3", false)]
    [InlineData("+19ab5cd-7e00-7a3b-8c4d-5e6f708192a3", false)]
    [InlineData(" 19ab5cd-7e00-7a3b-8c4d-5e6f708192a3", false)]
    [InlineData("019ab5cd7e007a3b8c4d5e6f708192a3", false)]
    [InlineData("{019ab5cd-7e00-7a3b-8c4d-5e6f708192a3}", false)]
    [InlineData("------------------------------------", false)]
    [InlineData("order 4711/é/😀", false)]
    [InlineData("a", false)]
    [InlineData(" ", false)]
    public void Every_text_comes_back_as_it_was(string text, bool isUuid)
    {
        var id = JobId.Parse(text);

        Assert.Equal(text, id.ToString());
        Assert.Equal(text, $"{id}");
        Assert.Equal(isUuid, id.TryGetUuid(out var uuid));
        Assert.Equal(isUuid ? Guid.Parse(text) : Guid.Empty, uuid);
        Assert.False(id.IsEmpty);
        Assert.Equal(id, JobId.Parse(text.AsSpan()));
        Assert.Equal(id.GetHashCode(), JobId.Parse(text).GetHashCode());
        Assert.True(JobId.TryParse(text, out var again) && again == id);
    }

    [Fact]
    public void A_uuid_and_its_text_are_one_id()
    {
        Assert.Equal(new JobId(Guid.Parse(Uuid)), JobId.Parse(Uuid));
        Assert.NotEqual(JobId.Parse(Uuid), JobId.Parse(Uuid.ToUpperInvariant()));
        Assert.True(default(JobId).IsEmpty);
        Assert.NotEqual(default, JobId.Parse(Guid.Empty.ToString()));
    }

    [Fact]
    public void What_is_no_id_is_refused()
    {
        // Half a surrogate pair would come back from the wire as another id.
        foreach (var text in new[] { "", "a\ud800", "\ud800a", "\udc00\ud800" })
        {
            Assert.False(JobId.TryParse(text, out var id));
            Assert.True(id.IsEmpty);
            Assert.Throws<FormatException>(() => JobId.Parse(text));
        }
    }

    [Fact]
    public void An_id_has_256_characters_at_most()
    {
        Assert.Equal(256, JobId.Parse(new string('x', 256)).ToString().Length);
        Assert.False(JobId.TryParse(new string('x', 257), out _));
        Assert.Throws<FormatException>(() => JobId.Parse(new string('x', 257)));
        Assert.Throws<ArgumentNullException>(() => JobId.Parse(null!));
        Assert.False(JobId.TryParse(null, out _));
    }

    [Theory]
    [InlineData(Uuid)]
    [InlineData("order-é")]
    public void Formatting_needs_room(string text)
    {
        var id = JobId.Parse(text);
        var utf8 = Encoding.UTF8.GetBytes(text);

        var characters = new char[text.Length];
        Assert.True(id.TryFormat(characters, out var charsWritten));
        Assert.Equal(text, new string(characters, 0, charsWritten));
        var bytes = new byte[utf8.Length];
        Assert.True(id.TryFormat(bytes, out var bytesWritten));
        Assert.Equal(utf8, bytes[..bytesWritten]);

        for (var room = 0; room < text.Length; room++)
        {
            Assert.False(id.TryFormat(new char[room], out charsWritten));
            Assert.Equal(0, charsWritten);
            Assert.False(id.TryFormat(new byte[room], out bytesWritten));
            Assert.Equal(0, bytesWritten);
        }
    }

    [Fact]
    public void A_child_is_named_after_its_parent()
    {
        Assert.Equal(Uuid + "/3", JobId.Parse(Uuid).Child(3).ToString());
        Assert.Equal(Uuid + "/3/0", JobId.Parse(Uuid).Child(3).Child(0).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => JobId.Parse(Uuid).Child(-1));
    }

    [Fact]
    public void Jobs_may_enqueue_jobs_without_end()
    {
        var id = JobId.Parse(Uuid);
        var seen = new HashSet<string>();
        for (var n = 0; n < 1_000; n++)
        {
            Assert.NotEqual(id.Child(0), id.Child(1));
            Assert.Equal(id.Child(1), id.Child(1));
            id = id.Child(0);
            Assert.InRange(id.ToString().Length, 1, JobId.MaxLength);
            Assert.True(seen.Add(id.ToString()));
        }
    }

    [Fact]
    public void A_long_parent_is_hashed_the_same_everywhere() =>
        Assert.Equal("85e62acd-750c-8eb5-ab7b-6a1d66dca5bf/7", JobId.Parse(new string('x', 256)).Child(7).ToString());
}
