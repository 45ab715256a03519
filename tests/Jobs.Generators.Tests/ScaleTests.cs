using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Tests;

/// <summary>A large application: 1,000 jobs in 100 classes, each in a file of its own.</summary>
public sealed class ScaleTests
{
    private const int ClassCount = 100;
    private const int JobCount = 10;

    [Fact]
    public void All_jobs_are_generated_in_one_run()
    {
        var result = GeneratorRunner.RunAs(LanguageVersion.CSharp14, string.Join("\n", Enumerable.Range(0, ClassCount).Select(Source)));
        Assert.Equal(ClassCount + 1, result.Files.Count);
        foreach (var index in Enumerable.Range(0, ClassCount))
        {
            Assert.Equal(JobCount, Count(result.File($"N{index}.Work{index}JobsClient.g.cs"), "builder.AddHandler("));
        }

        Assert.Equal(ClassCount, Count(result.File("JobsRegistration"), ".Register(jobs);"));
    }

    [Fact]
    public void An_edit_in_one_body_generates_nothing_anew()
    {
        var before = Application();
        GeneratorRunner.AssertCached(GeneratorRunner.RunTwice(before, Edit(before, static s => s.Replace("=> id + 3;", "=> id - 3;", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_new_parameter_generates_one_file_anew()
    {
        var before = Application();
        var driver = GeneratorRunner.RunTwice(before, Edit(before, static s => s.Replace("Job3(int id)", "Job3(int id, string name)", StringComparison.Ordinal)));
        var outputs = driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).ToList();
        Assert.Equal(ClassCount + 1, outputs.Count);
        Assert.Single(outputs, static o => o.Reason != IncrementalStepRunReason.Cached);
    }

    private static CSharpCompilation Application() => GeneratorRunner.Compile(LanguageVersion.CSharp14, "", "Shop")
        .AddSyntaxTrees(Enumerable.Range(0, ClassCount).Select(static i => GeneratorRunner.Parse(LanguageVersion.CSharp14, Source(i), $"Work{i}.cs")));

    private static CSharpCompilation Edit(CSharpCompilation compilation, Func<string, string> edit)
    {
        const string Path = "Work42.cs";
        var source = Source(42);
        var edited = edit(source);
        Assert.NotEqual(source, edited);
        return compilation.ReplaceSyntaxTree(compilation.SyntaxTrees.Single(static t => t.FilePath == Path), GeneratorRunner.Parse(LanguageVersion.CSharp14, edited, Path));
    }

    // Each class enqueues through the client of the next.
    private static string Source(int index)
    {
        var next = (index + 1) % ClassCount;
        var jobs = Enumerable.Range(0, JobCount).Select(static j => $"[Job] public int Job{j}(int id) => id + {j};");
        return $$"""
            namespace N{{index}}
            {
                using N{{next}};
                public sealed class Work{{index}}Jobs(Work{{next}}JobsClient next)
                {
                    public object Next => next;
                    {{string.Join("\n", jobs)}}
                }
            }
            """;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
