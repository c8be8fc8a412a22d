// A chart in SVG, drawn in the pixels that it has, so that its text has the size of text: lines for series, bars for counts.
// Dragging over it chooses a time range.

import { element, svg } from "./dom.js";
import { axisTime, short } from "./format.js";
import { levelOfSeries } from "./levels.js";

const Height = 260;
const Left = 52;
const Right = 10;
const Top = 10;
const Bottom = 26;
const Colours = 8;
const MaxSeries = 24;
const TickWidth = 110;
// Less than this is a click.
const LeastDrag = 5;

/**
 * @param {{labels: Record<string, string>, points: [number, number][]}[]} all times in seconds
 * @param {{start: number, end: number, step: number, bars?: boolean, onRange: (start: number, end: number) => void}} options
 */
export function chart(all, options) {
  const shown = all.slice(0, MaxSeries);
  const series = shown.map((s, i) => ({ ...s, name: nameOf(s.labels, shown), colour: colourOf(s.labels, shown, i) }));
  const root = svg("svg", { class: "chart", role: "img", "aria-label": `${series.length} series from ${clock(options.start)} to ${clock(options.end)}; the table below has their values` });
  let drawn = 0;
  // The first call comes when the chart is in the page; others when its width changes.
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && width !== drawn) draw(root, series, options, (drawn = width));
  }).observe(root);
  choose(root, options);
  return [root, legend(series, all.length - series.length)];
}

function draw(root, series, { start, end, step, bars }, width) {
  const y = value => Height - Bottom - (value / top) * (Height - Top - Bottom);
  const x = at => Left + ((at - start) / (end - start)) * (width - Left - Right);
  const stacks = bars ? stack(series) : [];
  const most = bars ? stacks.map(bar => bar.top) : series.flatMap(s => s.points.map(([, value]) => value)).filter(Number.isFinite);
  const top = niceTop(most.reduce((a, b) => Math.max(a, b), 0));

  root.setAttribute("viewBox", `0 0 ${width} ${Height}`);
  root.replaceChildren();
  for (let i = 0; i <= 4; i++) {
    const value = (top * i) / 4;
    root.append(
      svg("line", { class: "grid", x1: Left, x2: width - Right, y1: y(value), y2: y(value) }),
      svg("text", { x: Left - 8, y: y(value) + 4, "text-anchor": "end" }, short(value)));
  }
  const ticks = Math.max(1, Math.min(8, Math.floor((width - Left) / TickWidth)));
  for (let i = 0; i <= ticks; i++) {
    const at = start + ((end - start) * i) / ticks;
    root.append(svg("text", { x: x(at), y: Height - 7, "text-anchor": i === 0 ? "start" : i === ticks ? "end" : "middle" }, axisTime(at, end - start)));
  }

  if (bars) {
    const barWidth = Math.max(1, ((width - Left - Right) * step) / (end - start) - 1);
    for (const bar of stacks) {
      // A count is that of the step before its time.
      const left = Math.max(Left, x(bar.at - step));
      root.append(svg("rect", { class: `bar ${series[bar.series].colour}`, x: left, width: Math.max(1, Math.min(barWidth, x(bar.at) - left)), y: y(bar.top), height: y(bar.bottom) - y(bar.top) }));
    }
  } else {
    for (const s of series) root.append(svg("path", { class: `series ${s.colour}`, d: path(s.points, x, y) }, svg("title", {}, s.name)));
  }
  root.append(svg("rect", { class: "chosen", y: Top, height: Height - Top - Bottom, width: 0 }));
}

function stack(series) {
  const tops = new Map();
  return series.flatMap((s, i) => s.points.map(([at, value]) => {
    const bottom = tops.get(at) ?? 0;
    tops.set(at, bottom + value);
    return { at, series: i, bottom, top: bottom + value };
  }));
}

function choose(root, { start, end, onRange }) {
  let from = null;
  const inside = event => Math.min(Math.max(event.clientX - root.getBoundingClientRect().left, Left), root.clientWidth - Right);
  const timeAt = x => start + ((x - Left) / (root.clientWidth - Left - Right)) * (end - start);
  const show = to => {
    const chosen = root.querySelector(".chosen");
    chosen?.setAttribute("x", Math.min(from ?? 0, to));
    chosen?.setAttribute("width", from === null ? 0 : Math.abs(to - from));
  };
  root.addEventListener("pointerdown", event => {
    if (event.button !== 0) return;
    from = inside(event);
    root.setPointerCapture(event.pointerId);
  });
  root.addEventListener("pointermove", event => from !== null && show(inside(event)));
  root.addEventListener("pointercancel", () => show((from = null) ?? 0));
  root.addEventListener("pointerup", event => {
    if (from === null) return;
    const [left, right] = [from, inside(event)].sort((a, b) => a - b);
    from = null;
    show(0);
    if (right - left >= LeastDrag) onRange(timeAt(left), timeAt(right));
  });
}

function legend(series, more) {
  return element("div", { class: "legend", tabindex: "0", role: "region", "aria-label": "Series" }, element("table", {},
    element("thead", {}, element("tr", {}, ...["Series", "last", "least", "most"].map(name => element("th", { scope: "col" }, name)))),
    element("tbody", {}, ...series.map(({ name, colour, points }) => {
      const values = points.map(([, value]) => value);
      return element("tr", {},
        element("th", { scope: "row" }, svg("svg", { viewBox: "0 0 24 6", "aria-hidden": "true" }, svg("path", { class: `series ${colour}`, d: "M0 3H24" })), name),
        ...[values.at(-1), Math.min(...values), Math.max(...values)].map(value => element("td", {}, short(value))));
    })),
    more > 0 && element("tfoot", {}, element("tr", {}, element("td", { colspan: "4" }, `and ${more} more`)))));
}

function path(points, x, y) {
  const drawn = points.filter(([, value]) => Number.isFinite(value)).map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
  // One point is drawn as a dash, or it could not be seen.
  return drawn.length === 0 ? "" : drawn.length === 1 ? `M${drawn[0]}h3` : `M${drawn.join("L")}`;
}

function nameOf(labels, all) {
  const entries = Object.entries(labels);
  if (entries.length === 0) return levelOfSeries(labels, all.map(s => s.labels)) ?? (all.length > 1 ? "(without)" : "total");
  return entries.map(([key, value]) => (entries.length === 1 ? value : `${key}=${value}`)).join(" ");
}

function colourOf(labels, all, index) {
  const level = levelOfSeries(labels, all.map(s => s.labels));
  return level ? `level-${level}` : `c${index % Colours}`;
}

function clock(at) {
  return new Date(at * 1000).toLocaleTimeString();
}

function niceTop(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 4, 5, 8].find(step => step * power >= value) ?? 10) * power;
}
