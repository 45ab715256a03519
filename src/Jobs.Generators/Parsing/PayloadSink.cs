namespace Jobs.Generators.Parsing;

/// <summary>Takes what a payload cannot carry. The generator passes none: an analyzer reports.</summary>
internal delegate void PayloadSink(PayloadProblem problem);
