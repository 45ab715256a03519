internal static class Outer
{
    internal sealed class EmailJobs
    {
        [Job]
        public void Send(int id = 1, string? text = null)
        {
        }
    }
}
