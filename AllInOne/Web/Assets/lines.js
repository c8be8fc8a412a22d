// Log lines as the tail and a query show them: the message first; a click or Enter opens the rest.

import { element } from "./dom.js";
import { levelOf, levelText } from "./levels.js";
import { readLine, traceOf } from "./line.js";
import { time } from "./format.js";

// A line can be 256 KB; a row has room for less, and the whole of it is shown when it is opened.
const MaxCharacters = 1000;

/**
 * @typedef {{labels: Record<string, string>, nanoseconds: string, text: string, metadata?: Record<string, string>, parsed?: Record<string, string>}} LogLine
 */

/** A list with one tab stop: the arrow keys, Home and End move within it. */
export class LineList {
  #list;
  #actions;

  /** @param actions what a line can do: followTrace(trace, line), filter(name, value, isParsed), opened(line), look(line) */
  constructor(list, actions) {
    this.#list = list;
    this.#actions = actions;
    list.addEventListener("keydown", event => this.#move(event));
    list.addEventListener("focusin", event => event.target.matches("summary") && this.#stopAt(event.target));
  }

  get hasOpenLine() {
    return this.#list.querySelector("details[open]") !== null;
  }

  replace(lines) {
    this.#list.replaceChildren(...lines.map(line => this.#item(line)));
    this.#stopAtFirst();
  }

  append(lines) {
    this.#list.append(...lines.map(line => this.#item(line)));
  }

  prepend(nodesOrLines, most) {
    this.#list.prepend(...nodesOrLines.map(line => (line instanceof Node ? line : this.#item(line))));
    for (let last = this.#list.lastElementChild; this.#list.childElementCount > most && last; last = this.#list.lastElementChild) last.remove();
    this.#stopAtFirst();
  }

  #stopAtFirst() {
    if (!this.#list.querySelector('summary[tabindex="0"]')) this.#list.querySelector("summary")?.setAttribute("tabindex", "0");
  }

  #stopAt(summary) {
    for (const other of this.#list.querySelectorAll('summary[tabindex="0"]')) other.tabIndex = -1;
    summary.tabIndex = 0;
  }

  #move(event) {
    if (!event.target.matches("summary")) return;
    const all = [...this.#list.querySelectorAll("summary")];
    const at = all.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  }

  #item(line) {
    const level = levelOf({ ...line.metadata, ...line.labels });
    const { message, rest } = readLine(line.text);
    const date = dateOf(line);
    const summary = element("summary", { tabindex: "-1" },
      element("span", { class: "level" }, levelText(level)),
      element("span", { class: "message" }, message.slice(0, MaxCharacters)),
      element("span", { class: "rest" }, rest.slice(0, MaxCharacters)),
      element("span", { class: "where" },
        element("time", { datetime: date.toISOString() }, time(date)),
        element("span", { class: "service" }, line.labels.service ?? line.labels.service_name ?? "")));
    const details = element("details", { "data-level": level }, summary);
    details.addEventListener("toggle", async () => {
      if (!details.open || details.childElementCount > 1) return;
      const found = await this.#actions.look?.(line) ?? line;
      this.#actions.opened?.(line);
      details.append(this.#opened(found));
    });
    return element("li", {}, details);
  }

  #opened(line) {
    const { fields, json } = readLine(line.text);
    const metadata = line.metadata ?? {};
    const trace = traceOf(line.text, fields, { ...line.labels, ...metadata });
    const actions = element("div", { class: "actions" },
      trace && button(`All lines of trace ${trace.id.slice(0, 8)}…`, () => this.#actions.followTrace(trace, line)),
      button("Copy the line", event => copy(event.currentTarget, line.text)));
    return element("div", { class: "opened" },
      actions,
      element("pre", { tabindex: "0", role: "group", "aria-label": "The whole line" }, json ? JSON.stringify(json, null, 2) : line.text),
      element("div", {},
        element("p", { class: "note" }, exactTime(line)),
        this.#table(json ? "Fields" : "Fields (logfmt)", fields, json ? "json" : "logfmt", [...Object.keys(line.labels), ...Object.keys(metadata)]),
        this.#table("Labels", Object.entries(line.labels)),
        this.#table("Structured metadata", Object.entries(metadata)),
        this.#table("Found by the query", Object.entries(line.parsed ?? {}))));
  }

  #table(caption, pairs, parser, taken = []) {
    if (pairs.length === 0) return null;
    // Loki's parsers name fields with underscores, and give way to labels and metadata of the same name.
    const fieldName = name => {
      const field = name.replaceAll(/[^A-Za-z0-9_]/g, "_");
      return !parser ? name : taken.includes(field) ? `${field}_extracted` : field;
    };
    return element("table", {},
      element("caption", {}, caption),
      element("tbody", {}, ...pairs.map(([name, value]) => element("tr", {},
        element("th", { scope: "row" }, name),
        element("td", {}, value.length > MaxCharacters ? `${value.slice(0, MaxCharacters)}…` : value),
        element("td", {}, value.length <= MaxCharacters &&
          button("only", () => this.#actions.filter(fieldName(name), value, parser), `Only lines with ${name} = ${value}`))))));
  }
}

export function dateOf(line) {
  return new Date(Number(BigInt(line.nanoseconds) / 1_000_000n));
}

function exactTime(line) {
  return dateOf(line).toISOString().replace(/\d{3}Z$/, `${line.nanoseconds.slice(-9)}Z`);
}

/** Lines of an answer of Loki's, in which metadata and what the query parsed stand apart from the labels. */
export function linesOf(streams) {
  return streams.flatMap(({ stream, values }) =>
    values.map(([nanoseconds, text, more]) => ({ labels: stream, nanoseconds, text, metadata: more?.structuredMetadata, parsed: more?.parsed })));
}

function button(text, action, label = text) {
  const made = element("button", { type: "button", "aria-label": label }, text);
  made.addEventListener("click", action);
  return made;
}

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
}
