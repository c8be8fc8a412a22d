using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Observability.ServiceDefaults.Settings;

/// <summary>
/// The one way in which every program reads its settings: a section of the configuration becomes an object, or one exception
/// says all that is wrong with it. Names that the section does not have are refused, since a mistyped setting is one that is
/// silently not in effect.
/// </summary>
public static class SettingsReader
{
    /// <summary>Reads a section.</summary>
    /// <param name="configuration">The whole configuration; it must be complete by now.</param>
    /// <exception cref="SettingsException">Settings are wrong or unknown.</exception>
    public static T Read<T>(IConfiguration configuration)
        where T : class, ISettings, new()
    {
        ArgumentNullException.ThrowIfNull(configuration);

        var faults = new SettingFaults(configuration, T.Section);
        var settings = new T();
        var section = configuration.GetSection(T.Section);
        if (!T.IsShared)
            RefuseUnknown(typeof(T), section, faults);
        Fill(settings, section, faults, T.Section.Length + 1);
        if (!faults.Any)
            settings.Check(faults);
        faults.ThrowIfAny();
        return settings;
    }

    /// <summary>The settings of a section, for help and for options.</summary>
    /// <typeparam name="T">The section's class.</typeparam>
    public static IReadOnlyList<Setting> Describe<T>()
        where T : class, ISettings, new() => [.. Describe(new T(), T.Section)];

    /// <summary>One setting of a section.</summary>
    /// <typeparam name="T">The section's class.</typeparam>
    /// <param name="name">Its name within the section, such as <c>Batch:MaxAge</c>.</param>
    public static Setting Describe<T>(string name)
        where T : class, ISettings, new() => Describe<T>().Single(setting => setting.Key == $"{T.Section}:{name}");

    private static IEnumerable<Setting> Describe(object settings, string prefix) => Properties(settings.GetType()).SelectMany(property =>
    {
        var key = $"{prefix}:{NameOf(property)}";
        return property.GetCustomAttribute<SettingAttribute>() is { } attribute
            ? [new Setting(key, property.PropertyType, attribute, property.GetValue(settings))]
            : Describe(property.GetValue(settings)!, key);
    });

    // Those with an attribute, and the classes that hold such: all else is no setting.
    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetCustomAttribute<SettingAttribute>() is not null || IsGroup(property.PropertyType));

    private static bool IsGroup(Type type) =>
        type.IsClass && type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Any(inner => inner.GetCustomAttribute<SettingAttribute>() is not null);

    private static void Fill(object settings, IConfigurationSection section, SettingFaults faults, int prefix)
    {
        foreach (var property in Properties(settings.GetType()))
        {
            var own = section.GetSection(NameOf(property));
            if (property.GetCustomAttribute<SettingAttribute>() is not { } attribute)
            {
                RefuseUnknown(property.PropertyType, own, faults);
                Fill(property.GetValue(settings)!, own, faults, prefix);
            }
            else if (property.GetValue(settings) is IDictionary map)
                Merge(map, own);
            else if (typeof(IList).IsAssignableFrom(property.PropertyType))
                FillList(settings, property, own, attribute, faults, prefix);
            else if (own.Value is { Length: > 0 } text)
                FillOne(settings, property, new Setting(own.Path, property.PropertyType, attribute, null), text, faults, prefix);
        }
    }

    private static string NameOf(PropertyInfo property) => property.GetCustomAttribute<SettingAttribute>()?.Name ?? property.Name;

    private static void RefuseUnknown(Type type, IConfigurationSection section, SettingFaults faults)
    {
        var names = Properties(type).Select(NameOf).ToList();
        foreach (var child in section.GetChildren().Where(child => !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
            faults.Unknown(child, names);
    }

    private static void FillOne(object settings, PropertyInfo property, Setting setting, string text, SettingFaults faults, int prefix)
    {
        if (setting.TryParse(text, out var value))
            property.SetValue(settings, value);
        else
            faults.Add(setting.Key[prefix..], setting.IsSecret ? "***" : text, setting.Accepts);
    }

    // An array, or one text with commas; empty leaves the default.
    private static void FillList(
        object settings, PropertyInfo property, IConfigurationSection section, SettingAttribute attribute, SettingFaults faults, int prefix)
    {
        var items = section.GetChildren().Select(child => child.Value ?? "").Concat((section.Value ?? "").Split(','))
            .Select(item => item.Trim()).Where(item => item.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (items.Count == 0)
            return;

        var type = property.PropertyType.GetGenericArguments()[0];
        var setting = new Setting(section.Path, type, attribute, null);
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(type))!;
        foreach (var item in items)
        {
            if (setting.TryParse(item, out var value))
                list.Add(value);
            else
                faults.Add(section.Path[prefix..], item, setting.Accepts);
        }

        property.SetValue(settings, list);
    }

    // Entries are added to the default ones and replace those of the same name; an empty value is a value here.
    private static void Merge(IDictionary map, IConfigurationSection section)
    {
        var type = map.GetType().GetGenericArguments()[1];
        foreach (var child in section.GetChildren())
        {
            var key = map.Keys.Cast<string>().FirstOrDefault(name => name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? child.Key;
            if (type == typeof(string))
            {
                map[key] = child.Value ?? "";
                continue;
            }

            map[key] ??= Activator.CreateInstance(type);
            Merge((IDictionary)map[key]!, child);
        }
    }
}
