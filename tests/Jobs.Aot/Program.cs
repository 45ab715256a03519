System.Console.WriteLine(System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported ? "ok, JIT" : "ok, native");
return 0;
