using Jobs;

namespace Letters;

public sealed class LetterJobs(Postbox postbox)
{
    [Job("letters.send")]
    public void Send(string to, string stamp = "plain") => postbox.Add($"{to}: {stamp}");
}
