namespace Observability.ServiceDefaults.Settings;

/// <summary>Settings are wrong. The message has a line for each, which names what was written, where, and what is accepted.</summary>
/// <param name="faults">The lines, one at least.</param>
public sealed class SettingsException(params IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>The lines.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
