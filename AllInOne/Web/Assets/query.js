// LogQL: lines as a list, numbers as a chart.

import { byId, element, say } from "./dom.js";
import { chart } from "./chart.js";
import { count } from "./format.js";
import { lineElement } from "./lines.js";

const Limit = 200;
const ChartPoints = 120;

const examples = [
  ["errors", '{namespace="default"} |= "ERROR"'],
  ["test-app", '{namespace="default", service="test-app"}'],
  ["lines in 5 min", 'count_over_time({namespace="default"}[5m])'],
  ["rate by level", 'sum by (level) (rate({namespace="default"}[30s]))'],
  ["busiest services", 'topk(5, sum by (service) (rate({namespace="default"}[1m])))'],
  ["bytes/s", 'sum(bytes_rate({namespace="default"}[30s]))'],
];

export function startQuery() {
  byId("query-form").addEventListener("submit", event => {
    event.preventDefault();
    run();
  });
  byId("range").addEventListener("change", run);
  byId("examples").append(...examples.map(([name, query]) => {
    const button = element("button", { type: "button", title: query }, name);
    button.addEventListener("click", () => {
      byId("query").value = query;
      run();
    });
    return button;
  }));
  // The first lines are there by then.
  setTimeout(run, 1500);
}

async function run() {
  const seconds = Number(byId("range").value);
  const end = Date.now() / 1000;
  const step = Math.max(1, Math.round(seconds / ChartPoints));
  const parameters = new URLSearchParams({
    query: byId("query").value,
    start: (end - seconds).toFixed(3),
    end: end.toFixed(3),
    step: `${step}s`,
    limit: String(Limit),
  });
  const state = byId("query-state");
  say(state, "running …");
  const began = performance.now();
  try {
    const response = await fetch(`/loki/api/v1/query_range?${parameters}`);
    if (!response.ok) throw new Error(await response.text());
    const { resultType, result } = (await response.json()).data;
    const took = Math.round(performance.now() - began);
    if (resultType === "streams") showLines(result, took);
    else showSeries(result, resultType, took, end - seconds, end);
  } catch (fault) {
    byId("query-result").replaceChildren();
    say(state, fault.message, "bad");
  }
}

function showLines(streams, took) {
  const lines = streams.flatMap(({ stream, values }) => values.map(([nanoseconds, text]) => ({ stream, nanoseconds, text })));
  lines.sort((a, b) => (a.nanoseconds < b.nanoseconds ? 1 : -1));
  say(byId("query-state"), `${count(lines.length)} lines of ${count(streams.length)} streams in ${took} ms${lines.length === Limit ? ", the newest" : ""}`);
  byId("query-result").replaceChildren(element("ol", { class: "lines", tabindex: "0", "aria-label": "Lines, the newest first" },
    ...lines.map(line => lineElement(line.stream, line.nanoseconds, line.text))));
}

function showSeries(result, type, took, start, end) {
  const series = result.map(({ metric, values, value }) => ({ labels: metric, points: (values ?? [value]).map(([at, v]) => [at, Number(v)]) }));
  say(byId("query-state"), series.length === 0 ? `no series in ${took} ms` : `${count(series.length)} series in ${took} ms (${type})`);
  byId("query-result").replaceChildren(...(series.length === 0 ? [] : chart(series, start, end)));
}
