using System.Globalization;

namespace Observability.AppHost.Commands;

/// <summary>
/// The numbers that commands take, as inputs with defaults: the dashboard asks for them, a shell may leave them out. What a service takes
/// as a bound it says itself, so nothing is checked here.
/// </summary>
internal static class CommandArguments
{
    /// <summary>An input for a number.</summary>
    /// <param name="name">Its name on a command line.</param>
    /// <param name="label">Its name in the dashboard.</param>
    /// <param name="value">Its default.</param>
    /// <param name="description">What it means, with its unit.</param>
    public static InteractionInput Number(string name, string label, int value, string description) => new()
    {
        Name = name,
        Label = label,
        InputType = InputType.Number,
        Value = value.ToString(CultureInfo.InvariantCulture),
        Description = description,
    };

    /// <summary>What was given for an input.</summary>
    /// <param name="arguments">What was given.</param>
    /// <param name="name">The input.</param>
    /// <param name="defaultValue">What holds where nothing was given.</param>
    public static double NumberOf(this InteractionInputCollection arguments, string name, double defaultValue) =>
        double.TryParse(arguments.GetString(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : defaultValue;
}
