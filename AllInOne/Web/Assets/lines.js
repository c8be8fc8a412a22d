// A log line as both the tail and a query show it.

import { element } from "./dom.js";
import { time } from "./format.js";

// A line can be 256 KB; nobody reads that in a table.
const MaxCharacters = 2000;

/** @param {Record<string, string>} labels  @param {string} nanoseconds  @param {string} text */
export function lineElement(labels, nanoseconds, text) {
  const level = labels.level ?? labels.detected_level ?? "unknown";
  const date = new Date(Number(BigInt(nanoseconds) / 1_000_000n));
  const shown = text.length > MaxCharacters ? `${text.slice(0, MaxCharacters)}… (${text.length} characters)` : text;
  return element("li", { "data-level": level },
    element("time", { datetime: date.toISOString() }, time(date)),
    element("span", { class: "level" }, level === "unknown" ? "–" : level.slice(0, 5)),
    element("span", { class: "service" }, labels.service ?? labels.service_name ?? ""),
    element("span", { class: "text" }, shown.replaceAll("\n", "⏎ ")));
}
