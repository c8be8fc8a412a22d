// What can stand where the caret is in a LogQL query: labels and values as the store has them, stages, functions, and queries of before.

import { fieldNames, fieldValues, labelNames, labelValues } from "./loki.js";
import { matching } from "./queries.js";

const Stages = ["json", "logfmt", "pattern", "regexp", "unpack", "line_format", "label_format", "decolorize", "drop", "keep", "unwrap"];
const Functions = [
  "rate", "count_over_time", "bytes_rate", "bytes_over_time", "sum by (level)", "sum", "avg", "min", "max", "topk", "count", "quantile_over_time",
  "sum_over_time", "avg_over_time", "max_over_time", "absent_over_time",
];

/** @typedef {{text: string, kind: string, from: number, to: number, insert: string}} Suggestion */

/** @returns {Promise<Suggestion[]>} Those that fit what is written before the caret; none when there is nothing to say */
export async function suggest(text, caret) {
  const before = text.slice(0, caret);
  const after = text.slice(caret);
  // A quoted text is a value: of a label within braces, of a field in a filter.
  const value = /([A-Za-z_]\w*)\s*(?:=~|!~|!=|==|=)\s*("(?:[^"\\]|\\.)*|`[^`]*)$/.exec(before);
  if (value) {
    const [, name, open] = value;
    const typed = open.slice(1);
    const values = insideBraces(before) ? await labelValues(name) : await valuesOfField(text, name);
    const closes = after.startsWith(open[0]) ? 1 : 0;
    return offer(values, "value", typed, caret, v => (open[0] === "`" ? v : JSON.stringify(v).slice(1, -1)) + open[0], closes);
  }
  if (isQuoted(before)) return [];

  const typed = /[A-Za-z_]\w*$/.exec(before)?.[0] ?? "";
  const start = before.slice(0, caret - typed.length);
  if (insideBraces(start)) return /[{,]\s*$/.test(start) ? offer(await labelNames(), "label", typed, caret, name => `${name}="`) : [];
  if (/\bby\s*\([^)]*$|\bwithout\s*\([^)]*$/.test(start)) return offer(await labelNames(), "label", typed, caret, name => name);
  if (/[^|]\|\s*$/.test(start)) {
    const fields = await namesOfFields(text);
    return [...offer(Stages, "stage", typed, caret, name => name), ...offer([...new Set(fields)], "field", typed, caret, name => `${name}="`)];
  }
  const functions = typed && /(^|[(\s])$/.test(start) ? offer(Functions, "function", typed, caret, name => `${name}(`) : [];
  return [...functions, ...queriesLike(text)];
}

/** Queries of before that have the text in them. @returns {Suggestion[]} */
export function queriesLike(text) {
  return matching(text).map(query => ({ text: query, kind: "before", from: 0, to: text.length, insert: query }));
}

function offer(all, kind, typed, caret, insert, further = 0) {
  const wanted = typed.toLowerCase();
  return all
    .filter(text => text.toLowerCase().includes(wanted) && text !== typed)
    .sort((a, b) => b.toLowerCase().startsWith(wanted) - a.toLowerCase().startsWith(wanted))
    .map(text => ({ text, kind, from: caret - typed.length, to: caret + further, insert: insert(text) }));
}

const insideBraces = before => before.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, "").replace(/"[^"]*$|`[^`]*$/, "").lastIndexOf("{") >
  before.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, "").replace(/"[^"]*$|`[^`]*$/, "").lastIndexOf("}");

const isQuoted = before => /["`]/.test(before.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, ""));

const selectorOf = text => /\{[^{}]*\}/.exec(text)?.[0] ?? '{service_name=~".+"}';

async function namesOfFields(text) {
  const [labels, fields] = await Promise.all([labelNames(), fieldNames(selectorOf(text)).catch(() => [])]);
  return [...labels, ...fields];
}

async function valuesOfField(text, name) {
  const [labels, fields] = await Promise.all([labelValues(name), fieldValues(selectorOf(text), name).catch(() => [])]);
  return [...new Set([...labels, ...fields])];
}
