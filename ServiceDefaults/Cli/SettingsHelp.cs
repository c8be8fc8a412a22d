using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Cli;

/// <summary><c>--help</c>: the usual page, and below it the settings of the command with their bounds and defaults.</summary>
internal sealed class SettingsHelp : SynchronousCommandLineAction
{
    /// <summary>Columns of the page.</summary>
    public const int Width = 100;

    // Names longer than this have their text below them.
    private const int NameWidth = 40;

    private readonly HelpAction _usual;
    private readonly Dictionary<Command, IReadOnlyList<Setting>> _settings = [];

    public SettingsHelp(HelpAction usual)
    {
        _usual = usual;
        _usual.MaxWidth = Width;
    }

    public override bool ClearsParseErrors => true;

    public void Add(Command command, IReadOnlyList<Setting> settings) => _settings.Add(command, settings);

    public override int Invoke(ParseResult parseResult)
    {
        _usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (_settings.TryGetValue(parseResult.CommandResult.Command, out var settings))
            output.Write(Text(settings));
        foreach (var line in Wrap(ExitCode.Help, Width))
            output.WriteLine(line);
        return ExitCode.Success;
    }

    /// <summary>The settings: names in a column, and beside them what each is for, its bounds and its default.</summary>
    public static string Text(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder();
        text.AppendLine("Settings (as arguments --NAME=VALUE, or in the environment with __ for each colon):");
        foreach (var setting in settings)
        {
            var words = setting.Description
                + (setting.Bounds.Length > 0 ? $"; {setting.Bounds}" : "")
                + (setting.DefaultText.Length > 0 ? $" [{setting.DefaultText}]" : "");
            var lines = Wrap(words, Width - NameWidth - 4);
            var first = setting.HelpKey.Length <= NameWidth;
            if (!first)
                text.Append("  ").AppendLine(setting.HelpKey);
            foreach (var line in lines)
            {
                text.Append("  ").Append((first ? setting.HelpKey : "").PadRight(NameWidth)).Append("  ").AppendLine(line);
                first = false;
            }
        }

        return text.AppendLine().ToString();
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in Words(text, width))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    // A list without spaces may be longer than the column.
    private static IEnumerable<string> Words(string text, int width) => text.Split(' ').SelectMany(word =>
        word.Length <= width
            ? [word]
            : word.Split(',').Select((part, i) => i < word.Count(character => character == ',') ? part + "," : part));
}
