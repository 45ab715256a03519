namespace Jobs.Soak;

/// <summary>One line: <c>s</c> started, <c>f</c> failed, <c>e</c> ended; which job; when, in Unix milliseconds.</summary>
public readonly record struct RunLogLine(char What, int Number, long At);
