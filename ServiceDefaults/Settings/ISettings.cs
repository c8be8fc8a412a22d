namespace Observability.ServiceDefaults.Settings;

/// <summary>
/// The settings of a section of the configuration: a class with a parameterless constructor whose properties have a
/// <see cref="SettingAttribute"/>, or are classes of such properties. <see cref="SettingsReader"/> fills it.
/// </summary>
public interface ISettings
{
    /// <summary>The section's name.</summary>
    static abstract string Section { get; }

    /// <summary>Whether others have settings in the section too, which are left alone; else an unknown name is a mistake.</summary>
    static virtual bool IsShared => false;

    /// <summary>Checks what no single setting's bounds can say, once each setting by itself is right.</summary>
    /// <param name="faults">Takes what is wrong.</param>
    void Check(SettingFaults faults);
}
