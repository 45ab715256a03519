namespace Jobs;

/// <summary>The host is set up wrongly. The message names the configuration path or registration, and what to do.</summary>
public sealed class JobConfigurationException(string message, Exception? innerException = null) : JobException(message, innerException);
