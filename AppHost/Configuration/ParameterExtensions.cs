using System.Globalization;

namespace Aspire.Hosting;

/// <summary>Parameters that never stop a run to ask.</summary>
internal static class ParameterExtensions
{
    /// <summary>Adds a parameter with the value that was configured, or its default, also for publishing.</summary>
    public static IResourceBuilder<ParameterResource> AddSetting(this IDistributedApplicationBuilder builder, [ResourceName] string name,
        object value, string description) =>
        builder.AddParameter(name, Convert.ToString(value, CultureInfo.InvariantCulture)!,
            publishValueAsDefault: true).WithDescription(description);

    /// <summary>The value of a parameter that is a whole number.</summary>
    public static async Task<int> GetNumberAsync(this ParameterResource parameter, CancellationToken cancellationToken) =>
        int.Parse((await parameter.GetValueAsync(cancellationToken))!, CultureInfo.InvariantCulture);
}
