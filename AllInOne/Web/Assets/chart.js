// A line chart in SVG: enough for a range query's series.

import { element, svg } from "./dom.js";
import { axisTime, short } from "./format.js";

const Width = 720;
const Height = 286;
const Left = 46;
const Right = 8;
const Top = 10;
const Bottom = 24;
const Colours = 8;
const MaxSeries = 24;
const Levels = ["debug", "info", "warn", "error", "fatal"];

/** @param {{labels: Record<string, string>, points: [number, number][]}[]} all */
export function chart(all, start, end) {
  const series = all.slice(0, MaxSeries);
  const top = niceTop(Math.max(...series.flatMap(s => s.points.map(([, value]) => value)).filter(Number.isFinite), 0));
  const x = at => Left + ((at - start) / (end - start)) * (Width - Left - Right);
  const y = value => Height - Bottom - (value / top) * (Height - Top - Bottom);

  const root = svg("svg", { class: "chart", viewBox: `0 0 ${Width} ${Height}`, role: "img", "aria-label": `${series.length} series over time` });
  for (let i = 0; i <= 4; i++) {
    const value = (top * i) / 4;
    root.append(
      svg("line", { class: "grid", x1: Left, x2: Width - Right, y1: y(value), y2: y(value) }),
      svg("text", { x: Left - 8, y: y(value) + 4, "text-anchor": "end" }, short(value)));
  }
  for (let i = 0; i <= 4; i++) {
    const at = start + ((end - start) * i) / 4;
    root.append(svg("text", { x: x(at), y: Height - 6, "text-anchor": ["start", "middle", "middle", "middle", "end"][i] }, axisTime(new Date(at * 1000))));
  }
  series.forEach((s, i) => root.append(svg("path", { class: `series ${colour(s, i)}`, d: path(s.points, x, y) }, svg("title", {}, name(s.labels)))));

  const legend = element("ul", { class: "legend" }, ...series.map((s, i) =>
    element("li", {}, svg("svg", { viewBox: "0 0 14 4", "aria-hidden": "true" }, svg("path", { class: colour(s, i), d: "M0 2H14", "stroke-width": "4" })),
      `${name(s.labels)} ${short(s.points.at(-1)[1])}`)));
  if (all.length > MaxSeries) legend.append(element("li", {}, `and ${all.length - MaxSeries} more`));
  return [root, legend];
}

function path(points, x, y) {
  const drawn = points.filter(([, value]) => Number.isFinite(value)).map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
  // One point is drawn as a dash, or it could not be seen.
  return drawn.length === 1 ? `M${drawn[0]}h3` : `M${drawn.join("L")}`;
}

function name(labels) {
  const entries = Object.entries(labels);
  return entries.length === 0 ? "total" : entries.map(([key, value]) => (entries.length === 1 ? value : `${key}=${value}`)).join(" ");
}

function colour(series, index) {
  return Levels.includes(series.labels.level) && Object.keys(series.labels).length === 1 ? `level-${series.labels.level}` : `c${index % Colours}`;
}

function niceTop(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 8, 10].find(step => step * power >= value) * power;
}
