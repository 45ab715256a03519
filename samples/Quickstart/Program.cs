Spectre.Console.AnsiConsole.MarkupLine("[green]Jobs[/]");
