using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Settings;

public sealed class SampleGroup
{
    [Setting("the most")]
    public int Most { get; set; } = 100;
}
