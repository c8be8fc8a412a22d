using System.Globalization;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// The part of Go's text/template that <c>line_format</c> needs most: text, <c>{{.label}}</c>, <c>{{__line__}}</c>, <c>{{__timestamp__}}</c>,
/// literals, and functions in a pipeline such as <c>{{ .level | upper | trunc 3 }}</c>.
/// </summary>
internal sealed class LineTemplate
{
    private static readonly Dictionary<string, (int Arguments, Func<string[], string> Call)> Functions = new(StringComparer.Ordinal)
    {
        ["lower"] = (1, a => a[0].ToLowerInvariant()),
        ["ToLower"] = (1, a => a[0].ToLowerInvariant()),
        ["upper"] = (1, a => a[0].ToUpperInvariant()),
        ["ToUpper"] = (1, a => a[0].ToUpperInvariant()),
        ["trim"] = (1, a => a[0].Trim()),
        ["TrimSpace"] = (1, a => a[0].Trim()),
        ["trimPrefix"] = (2, a => a[1].StartsWith(a[0], StringComparison.Ordinal) ? a[1][a[0].Length..] : a[1]),
        ["TrimPrefix"] = (2, a => a[0].StartsWith(a[1], StringComparison.Ordinal) ? a[0][a[1].Length..] : a[0]),
        ["trimSuffix"] = (2, a => a[1].EndsWith(a[0], StringComparison.Ordinal) ? a[1][..^a[0].Length] : a[1]),
        ["TrimSuffix"] = (2, a => a[0].EndsWith(a[1], StringComparison.Ordinal) ? a[0][..^a[1].Length] : a[0]),
        ["replace"] = (3, a => a[0].Length == 0 ? a[2] : a[2].Replace(a[0], a[1], StringComparison.Ordinal)),
        ["default"] = (2, a => a[1].Length > 0 ? a[1] : a[0]),
        ["trunc"] = (2, a => Truncate(a[1], Integer(a[0]))),
        ["alignLeft"] = (2, a => Align(a[1], Integer(a[0]), left: true)),
        ["alignRight"] = (2, a => Align(a[1], Integer(a[0]), left: false)),
    };

    private readonly List<Func<Line, string>> _parts = [];

    private LineTemplate()
    {
    }

    /// <exception cref="LogQlException">The template is malformed or uses what the store lacks.</exception>
    public static LineTemplate Parse(string text)
    {
        var template = new LineTemplate();
        var i = 0;
        while (i < text.Length)
        {
            var open = text.IndexOf("{{", i, StringComparison.Ordinal);
            if (open < 0)
            {
                template.AddText(text[i..]);
                break;
            }

            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
                throw Malformed(text, open, "unclosed action");
            var before = text[i..open];
            var action = text[(open + 2)..close];
            i = close + 2;
            if (action.StartsWith("- ", StringComparison.Ordinal))
            {
                before = before.TrimEnd();
                action = action[2..];
            }

            if (action.EndsWith(" -", StringComparison.Ordinal))
            {
                action = action[..^2];
                while (i < text.Length && char.IsWhiteSpace(text[i]))
                    i++;
            }

            template.AddText(before);
            if (!action.TrimStart().StartsWith("/*", StringComparison.Ordinal))
                template._parts.Add(ParseAction(text, open, action));
        }

        return template;
    }

    public string Render(Line line)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
            text.Append(part(line));
        return text.ToString();
    }

    private void AddText(string text)
    {
        if (text.Length > 0)
            _parts.Add(_ => text);
    }

    private static Func<Line, string> ParseAction(string text, int at, string action)
    {
        Func<Line, string>? value = null;
        foreach (var command in SplitWords(text, at, action))
        {
            if (command.Count == 0)
                throw Malformed(text, at, "missing value for command");
            var input = value;
            if (Functions.TryGetValue(command[0], out var function))
            {
                var arguments = command.Skip(1).Select(word => ParseValue(text, at, word)).ToList();
                if (input is not null)
                    arguments.Add(input);
                if (arguments.Count != function.Arguments)
                    throw Malformed(text, at, $"wrong number of args for {command[0]}: want {function.Arguments} got {arguments.Count}");
                value = line => function.Call([.. arguments.Select(a => a(line))]);
            }
            else if (command.Count == 1 && input is null)
            {
                value = ParseValue(text, at, command[0]);
            }
            else
            {
                throw Malformed(text, at, $"`{command[0]}` is not supported by the embedded store");
            }
        }

        return value!;
    }

    private static Func<Line, string> ParseValue(string text, int at, string word)
    {
        if (word[0] == '.' && LabelName.IsValid(word.AsSpan(1)))
        {
            var name = word[1..];
            return line => line.Get(name);
        }

        if (word[0] is '"' or '`' && GoQuote.Read(word, 0, out var literal) == word.Length)
            return _ => literal;
        if (int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            return _ => word;
        return word switch
        {
            "__line__" => line => Encoding.UTF8.GetString(line.Text.Span),
            "__timestamp__" => line => GoTime.ToText(line.Timestamp),
            _ => throw Malformed(text, at, $"`{word}` is not supported by the embedded store"),
        };
    }

    /// <summary>The commands between the pipes, each as its words.</summary>
    private static List<List<string>> SplitWords(string text, int at, string action)
    {
        var commands = new List<List<string>> { new() };
        for (var i = 0; i < action.Length; i++)
        {
            if (char.IsWhiteSpace(action[i]))
                continue;
            if (action[i] == '|')
            {
                commands.Add([]);
                continue;
            }

            var start = i;
            if (action[i] is '"' or '`')
            {
                var length = GoQuote.Read(action, i, out _);
                if (length == 0)
                    throw Malformed(text, at, "unterminated quoted string");
                i += length - 1;
            }
            else
            {
                while (i + 1 < action.Length && !char.IsWhiteSpace(action[i + 1]) && action[i + 1] is not ('|' or '"' or '`'))
                    i++;
            }

            commands[^1].Add(action[start..(i + 1)]);
        }

        return commands;
    }

    private static int Integer(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static string Truncate(string text, int count) =>
        count >= 0 ? text[..Math.Min(count, text.Length)] : text[(text.Length - (int)Math.Min(-(long)count, text.Length))..];

    private static string Align(string text, int count, bool left)
    {
        count = Math.Clamp(count, 0, 64 * 1024);
        return text.Length >= count ? (left ? text[..count] : text[^count..]) : left ? text.PadRight(count) : text.PadLeft(count);
    }

    private static LogQlException Malformed(string text, int at, string message) =>
        LogQlException.Parse($"invalid line template: {GoQuote.Quote(text)} at character {at + 1}: {message}");
}
