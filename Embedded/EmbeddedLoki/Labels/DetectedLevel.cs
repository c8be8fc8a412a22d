using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Observability.Embedded.EmbeddedLoki.Labels;

/// <summary>
/// The structured metadata <c>detected_level</c> that Loki's distributor gives each entry (pkg/distributor/field_detection.go, v3.7.6). It
/// follows from the labels, the metadata and the line alone, so the store finds it out when it is read rather than keeping it for each
/// line.
/// </summary>
internal static class DetectedLevel
{
    public const string Name = "detected_level";
    private const string SeverityNumber = "severity_number";
    private const string Unknown = "unknown";
    private const int MaxJsonDepth = 2;

    /// <summary>Loki's log_level_fields.</summary>
    public static readonly string[] Fields =
        ["level", "LEVEL", "Level", "log.level", "severity", "SEVERITY", "Severity", "SeverityText", "lvl", "LVL", "Lvl", "severity_text",
            "Severity_Text", "SEVERITY_TEXT"];

    private static readonly (byte[] Word, string Level)[] Words =
    [
        ("trace"u8.ToArray(), "trace"), ("debug"u8.ToArray(), "debug"), ("fatal"u8.ToArray(), "fatal"),
            ("critical"u8.ToArray(), "critical"),
        ("error"u8.ToArray(), "error"), ("err"u8.ToArray(), "error"), ("warning"u8.ToArray(), "warn"), ("warn"u8.ToArray(), "warn"),
            ("info"u8.ToArray(), "info"),
    ];

    private static readonly SearchValues<byte> LeftBounds = SearchValues.Create(" \t\n[({\"="u8);
    private static readonly SearchValues<byte> RightBounds = SearchValues.Create(" \t\n[](){}:,!\"="u8);

    /// <summary>The level that a stream's labels give all its entries; null when they give none.</summary>
    public static string? Of(LabelSet stream)
    {
        foreach (var field in Fields)
        {
            if (stream.Get(field) is { Length: > 0 } value)
                return Normalize(value);
        }

        return null;
    }

    /// <summary>The level of an entry whose stream does not tell it; <c>unknown</c> when nothing does.</summary>
    public static string Of(List<KeyValuePair<string, string>> metadata, ReadOnlySpan<byte> line)
    {
        foreach (var field in Fields)
        {
            foreach (var (name, value) in metadata)
            {
                if (name == field)
                    return Normalize(value);
            }
        }

        foreach (var (name, value) in metadata)
        {
            if (name == SeverityNumber)
                return OfSeverity(value);
        }

        return OfLine(line);
    }

    public static string Normalize(string level) => Known(Encoding.UTF8.GetBytes(level)) ?? level;

    private static string OfSeverity(string text) =>
        !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? "info" : number switch
        {
            0 => Unknown,
            <= 4 => "trace",
            <= 8 => "debug",
            <= 12 => "info",
            <= 16 => "warn",
            <= 20 => "error",
            <= 24 => "fatal",
            _ => Unknown,
        };

    private static string? Known(ReadOnlySpan<byte> level) => level switch
    {
        _ when Is(level, "trace"u8) || Is(level, "trc"u8) => "trace",
        _ when Is(level, "debug"u8) || Is(level, "dbg"u8) => "debug",
        _ when Is(level, "info"u8) || Is(level, "inf"u8) || Is(level, "information"u8) => "info",
        _ when Is(level, "warn"u8) || Is(level, "wrn"u8) || Is(level, "warning"u8) => "warn",
        _ when Is(level, "error"u8) || Is(level, "err"u8) => "error",
        _ when Is(level, "critical"u8) => "critical",
        _ when Is(level, "fatal"u8) => "fatal",
        _ => null,
    };

    private static bool Is(ReadOnlySpan<byte> level, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(level, name);

    private static string OfLine(ReadOnlySpan<byte> line)
    {
        var trimmed = line.Trim(" \t\r\n\v\f"u8);
        var fromField = trimmed is [(byte)'{', .., (byte)'}'] ? OfJson(trimmed) : line.Contains((byte)'=') ? OfLogfmt(line) : null;
        return fromField ?? OfWords(line);
    }

    private static string? OfJson(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray
                    || (reader.TokenType is JsonTokenType.StartObject && reader.CurrentDepth >= MaxJsonDepth))
                {
                    reader.Skip();
                    continue;
                }

                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var isLevel = false;
                foreach (var field in Fields)
                    isLevel |= reader.ValueTextEquals(field);
                reader.Read();
                if (isLevel && reader.TokenType == JsonTokenType.String)
                    return Known(reader.ValueSpan);
                if (reader.TokenType is JsonTokenType.StartArray
                    || (reader.TokenType is JsonTokenType.StartObject && reader.CurrentDepth >= MaxJsonDepth))
                    reader.Skip();
            }
        }
        catch (JsonException)
        {
            // No JSON after all: the words of the line decide.
        }

        return null;
    }

    private static string? OfLogfmt(ReadOnlySpan<byte> line)
    {
        string? found = null;
        var best = Fields.Length;
        var reader = new LogfmtReader(line);
        while (!reader.AtEnd)
        {
            if (!reader.Read())
                continue;
            for (var i = 0; i < best; i++)
            {
                if (!Ascii.EqualsIgnoreCase(reader.Key, Fields[i]))
                    continue;
                best = i;
                found = Known(reader.Value);
            }
        }

        return found;
    }

    private static string OfWords(ReadOnlySpan<byte> line)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(line.Length);
        Span<byte> lower = buffer.AsSpan(0, line.Length);
        line.CopyTo(lower);
        Ascii.ToLowerInPlace(lower, out _);
        var (at, level) = (lower.Length, Unknown);
        foreach (var (word, name) in Words)
        {
            var position = IndexOf(lower, word);
            if (position >= 0 && position < at)
                (at, level) = (position, name);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return level;
    }

    private static int IndexOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word)
    {
        var offset = 0;
        while (true)
        {
            var position = line[offset..].IndexOf(word);
            if (position < 0)
                return -1;
            position += offset;
            var end = position + word.Length;
            if ((position == 0 || LeftBounds.Contains(line[position - 1])) && (end >= line.Length || RightBounds.Contains(line[end])))
                return position;
            offset = position + 1;
        }
    }
}
