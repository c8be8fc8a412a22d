using System.ComponentModel;
using System.Globalization;

namespace Observability.ServiceDefaults.Settings;

/// <summary>
/// Lets .NET's own configuration binder read <see cref="Durations"/>, so that <c>500ms</c> means the same in settings that
/// are not this solution's (Kestrel's limits, the host's shutdown).
/// </summary>
public sealed class DurationConverter : TypeConverter
{
    private static readonly Lazy<TypeDescriptionProvider> Registration = new(
        () => TypeDescriptor.AddAttributes(typeof(TimeSpan), new TypeConverterAttribute(typeof(DurationConverter))));

    /// <summary>Makes the binder use this converter for every <see cref="TimeSpan"/>.</summary>
    public static void Register() => _ = Registration.Value;

    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    /// <inheritdoc/>
    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        Durations.TryParse(value as string, out var duration)
            ? duration
            : throw new FormatException($"'{value}' is no duration such as {Durations.Examples}");
}
