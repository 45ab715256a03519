namespace Jobs.Serialization.Tests.Payloads;

/// <summary>More members than one word has bits.</summary>
public sealed class Large
{
    public required int M0 { get; set; }

    public string? M1 { get; set; }

    public int M2 { get; init; } = 2;

    public required int M3 { get; set; }

    public string? M4 { get; set; }

    public int M5 { get; init; } = 5;

    public required int M6 { get; set; }

    public string? M7 { get; set; }

    public int M8 { get; init; } = 8;

    public required int M9 { get; set; }

    public string? M10 { get; set; }

    public int M11 { get; init; } = 11;

    public required int M12 { get; set; }

    public string? M13 { get; set; }

    public int M14 { get; init; } = 14;

    public required int M15 { get; set; }

    public string? M16 { get; set; }

    public int M17 { get; init; } = 17;

    public required int M18 { get; set; }

    public string? M19 { get; set; }

    public int M20 { get; init; } = 20;

    public required int M21 { get; set; }

    public string? M22 { get; set; }

    public int M23 { get; init; } = 23;

    public required int M24 { get; set; }

    public string? M25 { get; set; }

    public int M26 { get; init; } = 26;

    public required int M27 { get; set; }

    public string? M28 { get; set; }

    public int M29 { get; init; } = 29;

    public required int M30 { get; set; }

    public string? M31 { get; set; }

    public int M32 { get; init; } = 32;

    public required int M33 { get; set; }

    public string? M34 { get; set; }

    public int M35 { get; init; } = 35;

    public required int M36 { get; set; }

    public string? M37 { get; set; }

    public int M38 { get; init; } = 38;

    public required int M39 { get; set; }

    public string? M40 { get; set; }

    public int M41 { get; init; } = 41;

    public required int M42 { get; set; }

    public string? M43 { get; set; }

    public int M44 { get; init; } = 44;

    public required int M45 { get; set; }

    public string? M46 { get; set; }

    public int M47 { get; init; } = 47;

    public required int M48 { get; set; }

    public string? M49 { get; set; }

    public int M50 { get; init; } = 50;

    public required int M51 { get; set; }

    public string? M52 { get; set; }

    public int M53 { get; init; } = 53;

    public required int M54 { get; set; }

    public string? M55 { get; set; }

    public int M56 { get; init; } = 56;

    public required int M57 { get; set; }

    public string? M58 { get; set; }

    public int M59 { get; init; } = 59;

    public required int M60 { get; set; }

    public string? M61 { get; set; }

    public int M62 { get; init; } = 62;

    public required int M63 { get; set; }

    public string? M64 { get; set; }

    public int M65 { get; init; } = 65;

    public required int M66 { get; set; }

    public string? M67 { get; set; }

    public int M68 { get; init; } = 68;

    public required int M69 { get; set; }
}
