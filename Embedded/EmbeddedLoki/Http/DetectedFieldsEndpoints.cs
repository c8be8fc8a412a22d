using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Evaluation;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>
/// <c>detected_fields</c> and <c>detected_field/…/values</c>: what Logs Drilldown offers besides labels, found in structured metadata and
/// by
/// reading some lines as JSON or logfmt (pkg/querier/queryrange/detected_fields.go, v3.7.6).
/// </summary>
internal sealed class DetectedFieldsEndpoints(LogStore store, EmbeddedLokiOptions options, QueryRunner runner, TimeProvider time)
{
    private const int DefaultLimit = 1000;
    private const int DefaultLineLimit = 100;
    private const int MaxNames = 10_000;

    public async Task FieldsAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var limit = Limit(form);
        var lines = await LinesAsync(context, form);
        var fields = new Dictionary<string, Field>(StringComparer.Ordinal);
        foreach (var (line, parsed, parser) in lines)
        {
            foreach (var (name, value) in line.Metadata)
                Add(name, value, null, null);
            foreach (var (name, (value, path)) in parsed)
                Add(name, value, parser, path);
        }

        await ResponseWriter.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("fields"u8);
            foreach (var (name, field) in fields.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                writer.WriteStartObject();
                writer.WriteString("label"u8, name);
                writer.WriteString("type"u8, field.Type);
                writer.WriteNumber("cardinality"u8, field.Values.Count);
                if (field.Parsers.Count == 0)
                    writer.WriteNull("parsers"u8);
                else
                    WriteTexts(writer, "parsers", field.Parsers);
                if (field.Path is { } path)
                    WriteTexts(writer, "jsonPath", path);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (fields.Count > 0)
                writer.WriteNumber("limit"u8, limit);
            writer.WriteEndObject();
        });

        void Add(string name, string value, string? parser, string[]? path)
        {
            if (!fields.TryGetValue(name, out var field))
            {
                if (fields.Count >= limit)
                    return;
                fields.Add(name, field = new());
            }

            field.Values.Add(value);
            field.Type = TypeOf(value);
            if (parser is not null && !field.Parsers.Contains(parser))
                field.Parsers.Add(parser);
            if (parser == "json")
                field.Path = path;
        }
    }

    public async Task ValuesAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var name = (string)context.Request.RouteValues["name"]!;
        var limit = Limit(form);
        var values = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (line, parsed, _) in await LinesAsync(context, form))
        {
            if (values.Count >= limit)
                break;
            foreach (var (metadata, value) in line.Metadata)
            {
                if (metadata == name)
                    values.Add(value);
            }

            if (parsed.TryGetValue(name, out var found))
            {
                // A size is shown as a query can compare it.
                values.Add(
                    GoBytes.Parse(found.Value, out var bytes) is null && char.IsAsciiLetter(found.Value[^1]) ? GoBytes.Humanize(bytes)
                    : found.Value);
            }
        }

        await ResponseWriter.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            if (values.Count > 0)
            {
                WriteTexts(writer, "values", values);
                writer.WriteNumber("limit"u8, limit);
            }

            writer.WriteEndObject();
        });
    }

    private static int Limit(RequestForm form)
    {
        var limit = RequestParameters.Integer(form["limit"].Length > 0 ? form["limit"] : form["field_limit"], DefaultLimit);
        return limit > 0 ? Math.Min(limit, MaxNames) : throw new LokiException("limit must be a positive value");
    }

    private static void WriteTexts(System.Text.Json.Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static string TypeOf(string value) =>
        long.TryParse(value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out _)
            ? "int"
        : GoFloat.Parse(value, out _) is null ? "float"
        : value is "1" or "t" or "T" or "TRUE" or "true" or "True" or "0" or "f" or "F" or "FALSE" or "false" or "False" ? "boolean"
        : LogQlDurations.TryParseGo(value, out _) ? "duration"
        : GoBytes.Parse(value, out _) is null ? "bytes"
        : "string";

    private async Task<List<(ResultEntry Line, Dictionary<string, (string Value, string[]? Path)> Parsed, string Parser)>> LinesAsync(
        HttpContext context, RequestForm form)
    {
        var (start, end) = RequestParameters.Bounds(form, time.GetUtcNow());
        if (end < start)
            throw new LokiException("end timestamp must not be before or equal to start time");
        var lineLimit = RequestParameters.Integer(form["line_limit"], DefaultLineLimit);
        if (lineLimit <= 0)
            throw new LokiException("limit must be a positive value");
        QueryEndpoints.CheckEntries(options, lineLimit);
        if (LogQlParser.Parse(form["query"]) is not LogExpression query)
            throw new LokiException("only log selector is supported");
        return await runner.RunAsync(
            (budget, token) =>
                LogQuery.Run(store, query, start, end, lineLimit, forward: false, interval: 0, categorize: true, budget, new(), token)
                .ConvertAll(entry => Read(entry, budget)),
            context.RequestAborted);
    }

    /// <summary>What the query's own stages found, and what a line holds as JSON or else as logfmt.</summary>
    private static (ResultEntry Line, Dictionary<string, (string Value, string[]? Path)> Parsed, string Parser) Read(
        ResultEntry entry, QueryBudget budget)
    {
        var fields = new Dictionary<string, (string Value, string[]? Path)>(StringComparer.Ordinal);
        foreach (var (name, value) in entry.Parsed)
        {
            if (name is not (Line.ErrorLabel or Line.ErrorDetailsLabel or Line.PreserveErrorLabel))
                fields[name] = (value, null);
        }

        var paths = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var line = new Line(entry.Stream, ParserHints.All);
        line.Reset(entry.Timestamp, entry.Text, ReadOnlyMemory<byte>.Empty);
        var parser = "json";
        new JsonStep(paths).Process(line);
        if (line.HasError)
        {
            parser = "logfmt";
            line.Reset(entry.Timestamp, entry.Text, ReadOnlyMemory<byte>.Empty);
            new LogfmtStep(new(false, false, NodeList<LabelExtraction>.Empty)).Process(line);
        }

        foreach (var (name, value) in line.Parsed())
        {
            budget.Spend(QueryBudget.Overhead + (2 * value.Length));
            fields.TryAdd(name, (value, paths.GetValueOrDefault(name)));
        }

        return (entry, fields, parser);
    }

    private sealed class Field
    {
        public string Type { get; set; } = "string";

        public HashSet<string> Values { get; } = new(StringComparer.Ordinal);

        public List<string> Parsers { get; } = [];

        public string[]? Path { get; set; }
    }
}
