using Microsoft.Extensions.Configuration;

namespace Observability.ServiceDefaults.Settings;

/// <summary>Settings from the command line, which remember how each was written: as an option, or as <c>--Section:Key=value</c>.</summary>
public sealed class CommandLineSettings : IConfigurationSource
{
    private readonly Dictionary<string, (string Value, string Name)> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _options = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys of the settings that were written.</summary>
    public IReadOnlyCollection<string> Keys => _values.Keys;

    /// <summary>Adds a setting.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="name">How it was written, such as <c>--rate</c>.</param>
    public void Add(string key, string value, string name) => _values[key] = (value, name);

    /// <summary>Says that a setting has an option, whether it was written or not.</summary>
    /// <param name="key">The setting's key.</param>
    /// <param name="option">The option's name.</param>
    public void AddOption(string key, string option) => _options.TryAdd(key, option);

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);

    internal sealed class Provider : ConfigurationProvider
    {
        private readonly CommandLineSettings _settings;

        public Provider(CommandLineSettings settings)
        {
            _settings = settings;
            foreach (var (key, (value, _)) in settings._values)
                Data[key] = value;
        }

        public string NameOf(string key) => _settings._values.TryGetValue(key, out var written) ? written.Name : "--" + key;

        public string? OptionOf(string key) => _settings._options.GetValueOrDefault(key);
    }
}
