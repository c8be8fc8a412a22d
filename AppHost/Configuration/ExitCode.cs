namespace Observability.AppHost.Configuration;

/// <summary>How the process ends.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int NothingPublished = 1;
    public const int Usage = 2;
}
