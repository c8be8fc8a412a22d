namespace Observability.ServiceDefaults.Tests.Settings;

public enum SampleKind
{
    First,
    Second,
}
