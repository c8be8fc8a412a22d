// LogQL: lines, with their number over time above them; numbers as a chart.

import { DefaultRange, addressOf, depth, readAddress, writeAddress } from "./address.js";
import { chart } from "./chart.js";
import { byId, element, say } from "./dom.js";
import { count, plural } from "./format.js";
import { levelOfSeries, levels } from "./levels.js";
import { narrowed, traceQuery } from "./line.js";
import { LineList, dateOf, linesOf } from "./lines.js";
import { queryRange } from "./loki.js";
import { remember } from "./queries.js";
import { QueryBox } from "./querybox.js";
import { bounds, chosenRange, showRange, startRange } from "./range.js";

const Limit = 200;
const ChartPoints = 120;
// A trace is over long before.
const AroundLine = 900;
const Refresh = 10_000;

const examples = [
  ["errors", '{namespace="default"} |= "ERROR"'],
  ["test-app", '{namespace="default", service="test-app"}'],
  ["slow requests", '{namespace="default"} | json | status >= 500'],
  ["rate by level", 'sum by (level) (rate({namespace="default"}[30s]))'],
  ["busiest services", 'topk(5, sum by (service) (rate({namespace="default"}[1m])))'],
  ["bytes/s", 'sum(bytes_rate({namespace="default"}[30s]))'],
];

let box;
let running;

export function startQuery() {
  box = new QueryBox(byId("query"), byId("query-history"));
  byId("query-form").addEventListener("submit", event => {
    event.preventDefault();
    ask(box.value, chosenRange());
  });
  startRange(() => ask(box.value, chosenRange()));
  byId("back").addEventListener("click", () => history.back());
  byId("share").addEventListener("click", share);
  byId("examples").append(...examples.map(([name, query]) => {
    const button = element("button", { type: "button", title: query }, name);
    button.addEventListener("click", () => ask(query, chosenRange()));
    return button;
  }));
  addEventListener("popstate", answerAddress);
  addEventListener("keydown", event => {
    if (event.key !== "/" || event.target.matches("input, textarea, select")) return;
    event.preventDefault();
    byId("query").focus();
  });
  setInterval(() => {
    const isLooking = byId("query-result").querySelector("details[open]") ?? (document.hidden || byId("query-result").matches(":active"));
    if (byId("refresh").checked && chosenRange().last && !isLooking) run(box.value, chosenRange());
  }, Refresh);
  answerAddress();
}

/** Asks, and makes it the page's address. */
export function ask(query, range) {
  remember(query);
  writeAddress({ query, range });
  show(query, range);
}

function answerAddress() {
  const { query, range } = readAddress() ?? { query: byId("query").defaultValue, range: DefaultRange };
  show(query, range);
}

function show(query, range) {
  box.value = query;
  showRange(range);
  byId("back").hidden = depth() === 0;
  run(query, range);
}

async function run(query, range) {
  running?.abort();
  const { signal } = (running = new AbortController());
  const { from, to } = bounds(range);
  const step = Math.max(1, Math.round((to - from) / ChartPoints));
  const time = { from, to, step };
  say(byId("query-state"), "running …");
  const began = performance.now();
  try {
    const { resultType, result } = await queryRange(query, from.toFixed(3), to.toFixed(3), { step: `${step}s`, limit: String(Limit) }, signal);
    const took = Math.round(performance.now() - began);
    if (resultType === "streams") await showLines(query, result, took, time, signal);
    else showSeries(result, took, time);
  } catch (fault) {
    if (signal.aborted) return;
    byId("query-result").replaceChildren();
    say(byId("query-state"), fault.message, "bad");
  }
}

async function showLines(query, streams, took, time, signal) {
  const lines = newestFirst(streams);
  const place = element("div", { class: "volume" });
  const list = element("ol", { class: "lines", "aria-label": "Lines, the newest first" });
  const older = element("button", { type: "button" }, `${Limit} older lines`);
  const shown = new LineList(list, { followTrace, filter });
  shown.replace(lines);
  let oldest = lines.at(-1);
  older.hidden = lines.length < Limit;
  older.addEventListener("click", async () => {
    // The end is exclusive: lines of the very same nanosecond as the oldest one were asked for already.
    const { result } = await queryRange(query, time.from.toFixed(3), oldest.nanoseconds, { limit: String(Limit) });
    const more = newestFirst(result);
    shown.append(more);
    oldest = more.at(-1) ?? oldest;
    older.hidden = more.length < Limit;
  });
  byId("query-result").replaceChildren(place, list, older);
  say(byId("query-state"), lines.length === 0
    ? "no lines in this time"
    : `${lines.length === Limit ? "the newest " : ""}${plural(lines.length, "line")} of ${plural(streams.length, "stream")} in ${took} ms`);
  if (lines.length === 0) return;

  const volume = `sum by (detected_level) (count_over_time(${query} [${time.step}s]))`;
  try {
    const { result } = await queryRange(volume, time.from.toFixed(3), time.to.toFixed(3), { step: `${time.step}s` }, signal);
    const all = result.map(({ metric }) => metric);
    const rank = ({ labels }) => levels.indexOf(levelOfSeries(labels, all));
    place.append(...draw(seriesOf(result).sort((a, b) => rank(a) - rank(b)), time, true));
  } catch (fault) {
    // The lines are what was asked for.
    if (!signal.aborted) place.append(element("p", { class: "note" }, `Their number over time: ${fault.message}`));
  }
}

function showSeries(result, took, time) {
  say(byId("query-state"), result.length === 0 ? `no series in ${took} ms` : `${count(result.length)} series in ${took} ms`);
  byId("query-result").replaceChildren(...(result.length === 0 ? [] : draw(seriesOf(result), time, false)));
}

const draw = (series, { from, to, step }, bars) =>
  chart(series, { start: from, end: to, step, bars, onRange: (start, end) => ask(box.value, { from: start, to: end }) });

const seriesOf = result =>
  result.map(({ metric, values, value }) => ({ labels: metric, points: (values ?? [value]).map(([at, v]) => [at, Number(v)]) }));

function newestFirst(streams) {
  return linesOf(streams).sort((a, b) => b.nanoseconds.length - a.nanoseconds.length || (a.nanoseconds < b.nanoseconds ? 1 : -1));
}

/** All lines of a trace, around the time of one of them. */
export function followTrace(trace, line) {
  const at = dateOf(line).getTime() / 1000;
  ask(traceQuery(trace), { from: at - AroundLine, to: at + AroundLine });
  byId("query").focus();
}

/** The same lines, where a field has a value. */
function filter(name, value, parser) {
  ask(narrowed(box.value, name, value, parser), chosenRange());
}

async function share() {
  const { from, to } = bounds(chosenRange());
  // Whoever follows the link is to see what is seen here, whenever that is.
  await navigator.clipboard.writeText(new URL(addressOf({ query: box.value, range: { from, to } }), location.href).href);
  say(byId("query-state"), "The link to this query and time is copied.");
}
