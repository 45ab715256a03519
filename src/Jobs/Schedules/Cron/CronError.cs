namespace Jobs.Schedules.Cron;

/// <summary>Why a text is no cron expression.</summary>
/// <param name="Message">Names the field, its text and where it stands, and ends with the cure.</param>
/// <param name="Position">The first wrong character, from 1; 0 if the whole is wrong.</param>
internal sealed record CronError(string Message, int Position);
