using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Quickstart;

/// <summary>What the user asked for: <c>[folder] [--output file.csv]</c>.</summary>
public sealed record QuickstartArguments(string Folder, string Output)
{
    private const string Usage = "Usage: Quickstart [folder] [--output file.csv]";

    public static bool TryParse(string[] args, [NotNullWhen(true)] out QuickstartArguments? arguments, [NotNullWhen(false)] out string? problem)
    {
        arguments = null;
        string? folder = null;
        var output = "fingerprints.csv";
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--output" or "-o" when i + 1 < args.Length:
                    output = args[++i];
                    break;
                case var arg when arg.StartsWith('-') || folder is not null:
                    problem = $"'{arg}' is not understood. {Usage}";
                    return false;
                default:
                    folder = args[i];
                    break;
            }
        }

        folder = Path.GetFullPath(folder ?? SdkFolder());
        if (!Directory.Exists(folder))
        {
            problem = $"There is no folder '{folder}'. {Usage}";
            return false;
        }

        problem = null;
        arguments = new QuickstartArguments(folder, Path.GetFullPath(output));
        return true;
    }

    // …/dotnet/shared/Microsoft.NETCore.App/10.0.0/ lies three levels below the folder that SDK and runtimes share.
    private static string SdkFolder() => Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..");
}
