// What a log line says, whatever it is dressed in: JSON, logfmt or text.

const Messages = ["message", "msg", "@m", "RenderedMessage", "Message", "@mt", "MessageTemplate", "short_message", "body", "log", "event"];
// What a row shows in a place of its own, or what the line's labels say already.
const Shown = /^(@?t(s|ime|imestamp)?|@?timestamp|date(time)?|@?l(vl|evel)?|(log)?level|log\.level|severity(_?text)?|service(\.name|_name)?|logger)$/i;
const Trace = /^(trace[._-]?id|dd\.trace_id)$/i;
const TextStart = /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?\]?\s+/;
const TextLevel = /^\[?(?:trace|debug|dbug|info|information|warn|warning|error|fail|fatal|critical|crit)\]?:?\s+/i;
const Pair = /([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|\S*)/g;

/** @returns {{message: string, rest: string, fields: [string, string][], json: object | null}} */
export function readLine(text) {
  const json = asJson(text);
  const fields = json ? flatten(json) : logfmt(text);
  if (fields.length === 0) return { ...asText(text), fields, json };
  const [key, message] = Messages.map(name => fields.find(([field]) => field === name)).find(Boolean) ?? [null, null];
  const rest = fields.filter(([field]) => field !== key && !Shown.test(field)).map(([field, value]) => `${field}=${value}`).join("  ");
  return message ? { message: firstLine(message), rest, fields, json } : { message: rest || firstLine(text), rest: "", fields, json };
}

/** The trace that a line is part of: where it is named, and by whom. */
export function traceOf(text, fields, metadata) {
  const named = Object.entries(metadata).find(([name]) => Trace.test(name)) ?? fields.find(([name]) => Trace.test(name));
  const id = named?.[1] ?? /trace_?id["'=: ]+([0-9a-f]{16,32})\b/i.exec(text)?.[1];
  if (!id || /^0*$/.test(id)) return null;
  return { id, field: named?.[0] ?? null };
}

/** LogQL for all lines of a trace, of whichever stream. */
export function traceQuery({ id, field }) {
  // Structured metadata and JSON by that name; what names it otherwise has the id somewhere in its text.
  const quoted = JSON.stringify(id);
  return field === "trace_id" ? `{service_name=~".+"} | json | trace_id=${quoted}` : `{service_name=~".+"} |= ${quoted}`;
}

/** The same query, for lines in which a field has a value. @param parser what finds the field; undefined for labels and metadata */
export function narrowed(query, name, value, parser) {
  const parse = parser && !query.includes(`| ${parser}`) ? ` | ${parser}` : "";
  return `${query}${parse} | ${name}=${JSON.stringify(value)}`;
}

function asJson(text) {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function flatten(value, prefix = "") {
  return Object.entries(value).flatMap(([name, inner]) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? flatten(inner, `${prefix}${name}.`)
      : [[prefix + name, typeof inner === "string" ? inner : JSON.stringify(inner)]]);
}

function logfmt(text) {
  if (!/^[A-Za-z_][\w.-]*=\S/.test(text)) return [];
  const pairs = Array.from(text.matchAll(Pair), ([, name, value]) => [name, unquote(value)]);
  return pairs.length > 1 ? pairs : [];
}

function unquote(value) {
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value.slice(1, -1);
  }
}

function asText(text) {
  const plain = text.replace(TextStart, "").replace(TextLevel, "");
  const message = firstLine(plain);
  return { message, rest: plain.slice(message.length).trim().replaceAll(/\s*\n\s*/g, " ⏎ ") };
}

function firstLine(text) {
  const plain = text.trimStart();
  const end = plain.indexOf("\n");
  return end < 0 ? plain : plain.slice(0, end);
}
