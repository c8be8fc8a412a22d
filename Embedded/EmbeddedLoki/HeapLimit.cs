namespace Observability.Embedded.EmbeddedLoki;

/// <summary>
/// The last line behind the store's own limits: a process that would take more than it was given ends, not the machine it runs on.
/// </summary>
public static class HeapLimit
{
    /// <summary>What pushes, queries, tails and the parts around the store may take, in bytes.</summary>
    private const long Rest = 1024L * 1024 * 1024;

    /// <summary>
    /// Limits the managed heap of this process to the store, a quarter of it for what the collector has not taken back yet, and 1 GiB. A
    /// limit that
    /// the process has already (<c>DOTNET_GCHeapHardLimit</c>, a container's memory) stays when it is lower.
    /// </summary>
    /// <param name="storeBytes">Memory for the store's lines, in bytes.</param>
    /// <returns>The limit in force, in bytes.</returns>
    public static long Set(long storeBytes)
    {
        var limit = storeBytes + (storeBytes / 4) + Rest;
        var present = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (present > 0 && present <= limit)
            return present;
        AppContext.SetData("GCHeapHardLimit", (ulong)limit);
        GC.RefreshMemoryLimit();
        return limit;
    }
}
