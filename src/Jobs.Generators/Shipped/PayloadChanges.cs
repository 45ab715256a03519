namespace Jobs.Generators.Shipped;

/// <summary>Finds what keeps one side from reading what the other writes. The reasons continue "it has shipped, and …".</summary>
internal static class PayloadChanges
{
    /// <summary>Compares the present members with those that shipped; both sides must read the other.</summary>
    public static List<string> Find(List<ShippedMember> shipped, List<ShippedMember> present)
    {
        // With an object goes, or changes, what it holds: once is enough.
        var changed = shipped.Where(s => !present.Any(p => p.IsAt(s) && p.Type == s.Type)).ToList();
        var reasons = changed.Where(s => !present.Any(s.IsAt) && !changed.Any(other => other.Holds(s))).Select(static s => $"{s.Label} is gone").ToList();
        reasons.AddRange(FindUnreadable(shipped, present));
        reasons.AddRange(shipped
            .Where(s => s.IsRequired && present.Any(p => p.IsAt(s) && p.MayBeOmitted))
            .Select(static s => $"{s.Label} may now be left out, where it was required"));
        return reasons;
    }

    /// <summary>Finds what keeps present code from reading what shipped; what it does not ask for is no matter.</summary>
    public static IEnumerable<string> FindUnreadable(List<ShippedMember> shipped, List<ShippedMember> present)
    {
        var handled = new List<ShippedMember>();
        foreach (var member in present.Where(p => !handled.Any(h => h.Holds(p))))
        {
            var old = shipped.FirstOrDefault(member.IsAt);
            if (old is null)
            {
                // What a new member holds is as new as it.
                handled.Add(member);
            }

            var reason =
                old is null ? member.IsRequired ? $"{member.Label} is new{(member is { IsResult: true, Path: "" } ? "" : " and required")}" : null
                : old.Type != member.Type ? $"{member.Label} is {member.Type}, which was {old.Type}"
                : member.IsRequired && !old.IsRequired ? $"{member.Label} is required, which was optional"
                : null;
            if (reason is not null)
            {
                handled.Add(member);
                yield return reason;
            }
        }
    }
}
