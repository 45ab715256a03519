namespace Jobs.Generators.Parsing;

/// <summary>Takes what a payload cannot carry, or not as its author means it. The generator passes none: an analyzer reports.</summary>
internal delegate void PayloadSink(PayloadProblem problem);
