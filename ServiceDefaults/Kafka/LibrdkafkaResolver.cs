using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Observability.ServiceDefaults.Kafka;

/// <summary>
/// Binds <c>[LibraryImport("librdkafka")]</c> to the very library that Confluent.Kafka has loaded. Its package brings
/// several builds (with and without libsasl2, for musl) and picks the one that loads, so the name alone is not enough.
/// </summary>
public static class LibrdkafkaResolver
{
    /// <summary>The library name to use in <see cref="LibraryImportAttribute"/>.</summary>
    public const string LibraryName = "librdkafka";

    private static readonly Lazy<nint> Loaded = new(Load);

    /// <summary>
    /// Makes imports of <see cref="LibraryName"/> in <paramref name="assembly"/> resolve to the loaded library. Call once an assembly,
    /// before the first import is used.
    /// </summary>
    /// <param name="assembly">The assembly that declares the imports.</param>
    /// <exception cref="InvalidOperationException">The assembly has a resolver already.</exception>
    public static void Register(Assembly assembly) =>
        NativeLibrary.SetDllImportResolver(assembly, static (name, _, _) => name == LibraryName ? Loaded.Value : 0);

    private static nint Load()
    {
        Library.Load();
        using var process = Process.GetCurrentProcess();
        var module = process.Modules.Cast<ProcessModule>()
            .FirstOrDefault(m => m.ModuleName.Contains(LibraryName, StringComparison.OrdinalIgnoreCase))
            ?? throw new DllNotFoundException("Confluent.Kafka loaded no module named librdkafka.");
        return NativeLibrary.Load(module.FileName);
    }
}
