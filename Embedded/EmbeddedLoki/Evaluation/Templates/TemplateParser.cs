using System.Globalization;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>
/// From a template's text to what renders it: <c>{{if}}</c>, <c>{{with}}</c>, <c>{{range}}</c>, variables, pipelines and functions of
/// text/template.
/// </summary>
internal sealed class TemplateParser(string name, string text)
{
    private const int MaxDepth = 100;
    private readonly HashSet<string> _labels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal) { "$" };
    private int _i;
    private int _depth;
    private bool _trimNext;

    /// <summary>The labels that the template names.</summary>
    public IReadOnlyCollection<string> Labels => _labels;

    public Action<TemplateState> Parse()
    {
        var body = List(out var end);
        return end.Length == 0 ? body : throw Error($"unexpected {{{{{end}}}}}");
    }

    private FormatException Error(string message) =>
        new($"template: {name}:{1 + text.AsSpan(0, Math.Min(_i, text.Length)).Count('\n')}: {message}");

    /// <summary>Texts and actions up to an <c>end</c> or <c>else</c>, which is read up to its word.</summary>
    private Action<TemplateState> List(out string end)
    {
        if (++_depth > MaxDepth)
            throw Error("too many nested actions");
        var parts = new List<Action<TemplateState>>();
        end = "";
        while (_i < text.Length)
        {
            AddText(parts);
            if (_i >= text.Length)
                break;
            SkipSpace();
            if (Peek("/*"))
            {
                var close = text.IndexOf("*/", _i, StringComparison.Ordinal);
                if (close < 0)
                    throw Error("unclosed comment");
                _i = close + 2;
                CloseAction();
                continue;
            }

            var word = Word();
            if (word is "end" or "else")
            {
                end = word;
                break;
            }

            parts.Add(word switch
            {
                "if" => If(),
                "with" => With(),
                "range" => Range(),
                "define" or "template" or "block" or "break" or "continue" => throw Error($"{word} is not supported by the embedded store"),
                _ => Output(word),
            });
        }

        _depth--;
        var actions = parts.ToArray();
        return state =>
        {
            foreach (var action in actions)
                action(state);
        };
    }

    private void AddText(List<Action<TemplateState>> parts)
    {
        var open = text.IndexOf("{{", _i, StringComparison.Ordinal);
        var plain = open < 0 ? text[_i..] : text[_i..open];
        _i = open < 0 ? text.Length : open + 2;
        if (_trimNext)
            plain = plain.TrimStart(' ', '\t', '\r', '\n');
        _trimNext = false;
        if (open >= 0 && Peek("-") && _i + 1 < text.Length && char.IsWhiteSpace(text[_i + 1]))
        {
            _i++;
            plain = plain.TrimEnd(' ', '\t', '\r', '\n');
        }

        if (plain.Length > 0)
            parts.Add(state => state.Write(plain));
    }

    private void CloseAction()
    {
        SkipSpace();
        if (Peek("-}}") && char.IsWhiteSpace(text[_i - 1]))
        {
            _i += 3;
            _trimNext = true;
        }
        else if (Peek("}}"))
        {
            _i += 2;
        }
        else
        {
            throw _i >= text.Length ? Error("unclosed action") : Error($"unexpected {GoQuote.Quote(text[_i].ToString())} in operand");
        }
    }

    private Action<TemplateState> Output(string word)
    {
        _i -= word.Length;
        var pipeline = Pipeline(out var declares);
        CloseAction();
        return declares
            ? state => pipeline(state)
            : state => state.Write(TemplateValues.Text(pipeline(state)));
    }

    private Action<TemplateState> If()
    {
        var (condition, then, otherwise) = Branch(() => If());
        return state => (TemplateValues.IsTrue(condition(state)) ? then : otherwise)?.Invoke(state);
    }

    private Action<TemplateState> With()
    {
        var (value, then, otherwise) = Branch(() => With());
        return state =>
        {
            var found = value(state);
            if (TemplateValues.IsTrue(found))
                WithDot(state, found, then);
            else
                otherwise?.Invoke(state);
        };
    }

    private Action<TemplateState> Range()
    {
        var (value, then, otherwise) = Branch(null);
        return state =>
        {
            var items = value(state) switch
            {
                List<object?> list => list,
                SortedDictionary<string, object?> map => [.. map.Values],
                null => [],
                var other => throw new TemplateException($"range can't iterate over {TemplateValues.Text(other)}"),
            };
            if (items.Count == 0)
                otherwise?.Invoke(state);
            foreach (var item in items)
                WithDot(state, item, then);
        };
    }

    private static void WithDot(TemplateState state, object? dot, Action<TemplateState> body)
    {
        var (before, wasLabels) = (state.Dot, state.DotIsLabels);
        (state.Dot, state.DotIsLabels) = (dot, false);
        body(state);
        (state.Dot, state.DotIsLabels) = (before, wasLabels);
    }

    private (Func<TemplateState, object?> Condition, Action<TemplateState> Then, Action<TemplateState>? Otherwise) Branch(
        Func<Action<TemplateState>>? chained)
    {
        var condition = Pipeline(out _);
        CloseAction();
        var then = List(out var end);
        Action<TemplateState>? otherwise = null;
        if (end == "else")
        {
            SkipSpace();
            if (chained is not null && Word() is { Length: > 0 } word)
            {
                if (word is not ("if" or "with"))
                    throw Error($"unexpected <{word}> in else");
                // The chained branch reads the one "end" of both.
                return (condition, then, chained());
            }

            CloseAction();
            otherwise = List(out end);
        }

        if (end != "end")
            throw Error(end == "else" ? "expected end; found {{else}}" : "unexpected EOF");
        CloseAction();
        return (condition, then, otherwise);
    }

    /// <summary>Commands, each of which gets the value of the one before as its last argument.</summary>
    private Func<TemplateState, object?> Pipeline(out bool declares)
    {
        if (++_depth > MaxDepth)
            throw Error("too many nested expressions");
        declares = false;
        SkipSpace();
        var variable = "";
        if (Peek("$"))
        {
            var start = _i;
            var found = Variable();
            SkipSpace();
            if (found.Length > 1 && (Peek(":=") || (Peek("=") && !Peek("=="))))
            {
                _i += Peek(":=") ? 2 : 1;
                _variables.Add(found);
                (variable, declares) = (found, true);
            }
            else
            {
                _i = start;
            }
        }

        Func<TemplateState, object?>? value = null;
        do
        {
            value = Command(value);
            SkipSpace();
        }
        while (Peek("|") && ++_i > 0);

        _depth--;
        var result = value;
        return variable.Length == 0 ? result : state => state.Variables[variable] = result(state);
    }

    private Func<TemplateState, object?> Command(Func<TemplateState, object?>? input)
    {
        SkipSpace();
        var word = Word();
        if (word.Length > 0 && TemplateFunctions.Find(word) is { } function)
        {
            var arguments = Arguments();
            if (input is not null)
                arguments.Add(input);
            if (arguments.Count < function.Least || arguments.Count > function.Most)
            {
                throw Error(string.Create(CultureInfo.InvariantCulture,
                    $"wrong number of args for {word}: want {(function.Most == int.MaxValue ? "at least " : "")}{function.Least} got {arguments.Count}"));
            }

            var lazily = word is "and" or "or";
            return state => lazily ? AndOr(word == "and", arguments, state) : function.Call(state, [.. arguments.Select(a => a(state))]);
        }

        _i -= word.Length;
        var value = Operand() ?? throw Error(_i >= text.Length ? "unclosed action" : "missing value for command");
        SkipSpace();
        if (input is not null)
            throw Error("non executable command in pipeline stage 2");
        return value;
    }

    private static object? AndOr(bool and, List<Func<TemplateState, object?>> arguments, TemplateState state)
    {
        object? value = null;
        foreach (var argument in arguments)
        {
            value = argument(state);
            if (TemplateValues.IsTrue(value) != and)
                return value;
        }

        return value;
    }

    private List<Func<TemplateState, object?>> Arguments()
    {
        var arguments = new List<Func<TemplateState, object?>>();
        while (true)
        {
            SkipSpace();
            if (Operand() is not { } argument)
                return arguments;
            arguments.Add(argument);
        }
    }

    /// <returns>Null, and nothing read, when there is none here.</returns>
    private Func<TemplateState, object?>? Operand()
    {
        if (_i >= text.Length)
            return null;
        switch (text[_i])
        {
            case '(':
                _i++;
                var inner = Pipeline(out _);
                if (!Peek(")"))
                    throw Error("unclosed left paren");
                _i++;
                return Fields(inner);
            case '.':
                return Fields(null);
            case '$':
                var variable = Variable();
                if (!_variables.Contains(variable))
                    throw Error($"undefined variable {GoQuote.Quote(variable)}");
                return variable == "$" && Peek(".")
                    ? Fields(null, root: true)
                    : Fields(state => state.Variables.GetValueOrDefault(variable));
            case '"' or '`':
                var length = GoQuote.Read(text, _i, out var literal);
                if (length == 0)
                    throw Error("unterminated quoted string");
                _i += length;
                return _ => literal;
            case '\'':
                var characters = GoQuote.Read(text, _i, out var character);
                if (characters == 0 || character.Length == 0)
                    throw Error("unterminated character constant");
                _i += characters;
                return _ => (long)char.ConvertToUtf32(character, 0);
        }

        if (char.IsAsciiDigit(text[_i]) || (text[_i] is '-' or '+' && _i + 1 < text.Length && char.IsAsciiDigit(text[_i + 1])))
            return Number();
        var word = Word();
        switch (word)
        {
            case "":
                return null;
            case "true" or "false":
                return _ => word == "true";
            case "nil":
                return _ => null;
        }

        if (TemplateFunctions.Find(word) is not { } function)
            throw Error($"function {GoQuote.Quote(word)} not defined");
        if (function.Least > 0)
            throw Error($"wrong number of args for {word}: want {function.Least} got 0");
        return state => function.Call(state, []);
    }

    /// <summary><c>.a.b</c>: of a value, or of the dot, which at first is the labels.</summary>
    private Func<TemplateState, object?> Fields(Func<TemplateState, object?>? of, bool root = false)
    {
        var names = new List<string>();
        while (Peek("."))
        {
            _i++;
            var field = Word();
            if (field.Length == 0)
                break;
            names.Add(field);
        }

        if (of is null && names.Count > 0)
            _labels.Add(names[0]);
        return state =>
        {
            object? value;
            var next = 0;
            if (of is not null)
            {
                value = of(state);
            }
            else if (state.DotIsLabels || root)
            {
                if (names.Count == 0)
                    return Labels(state.Line);
                value = state.Line.Get(names[next++]);
            }
            else
            {
                value = state.Dot;
            }

            for (; next < names.Count; next++)
            {
                value = value is SortedDictionary<string, object?> map
                    ? map.GetValueOrDefault(names[next])
                    : value is null ? null : throw new TemplateException($"can't evaluate field {names[next]} in type string");
            }

            return value;
        };

        static SortedDictionary<string, object?> Labels(Line line)
        {
            var map = new SortedDictionary<string, object?>(StringComparer.Ordinal);
            foreach (var (label, value) in line.Combined().Pairs)
                map[label] = value;
            return map;
        }
    }

    private Func<TemplateState, object?> Number()
    {
        var start = _i++;
        while (_i < text.Length
            && (char.IsAsciiLetterOrDigit(text[_i]) || text[_i] is '.' or '_' || (text[_i] is '-' or '+' && text[_i - 1] is 'e' or 'E')))
            _i++;
        var digits = text[start.._i].Replace("_", "", StringComparison.Ordinal);
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return _ => whole;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out whole))
            return _ => whole;
        if (GoFloat.Parse(digits, out var number) is not null)
            throw Error($"bad number syntax: {GoQuote.Quote(digits)}");
        return _ => number;
    }

    private string Variable()
    {
        var start = _i++;
        Word();
        return text[start.._i];
    }

    private string Word()
    {
        var start = _i;
        while (_i < text.Length && (char.IsLetterOrDigit(text[_i]) || text[_i] == '_')
            && (_i > start || !char.IsAsciiDigit(text[_i]) || text[start == 0 ? 0 : start - 1] is '.' or '$'))
            _i++;
        return text[start.._i];
    }

    private bool Peek(string what) => text.AsSpan(_i).StartsWith(what);

    private void SkipSpace()
    {
        while (_i < text.Length && text[_i] is ' ' or '\t' or '\r' or '\n')
            _i++;
    }
}
