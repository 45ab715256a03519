namespace Jobs.Testing.Faults;

internal enum SettleFault
{
    /// <summary>All is well.</summary>
    None,

    /// <summary>The broker never hears of it.</summary>
    NotCarriedOut,

    /// <summary>The broker does it, and its answer is lost.</summary>
    AnswerLost,
}
