// The live tail, over Loki's own websocket.

import { byId, element, say } from "./dom.js";
import { count, plural } from "./format.js";
import { narrowed } from "./line.js";
import { LineList, linesOf } from "./lines.js";
import { queryRange, tailAddress, whyNoTail } from "./loki.js";
import { ask, followTrace } from "./query.js";
import { QueryBox } from "./querybox.js";
import { remember } from "./queries.js";

const MaxLines = 200;
// Nobody reads more than this, and a browser that renders a hundred thousand lines a second does nothing else.
const MaxPerFrame = 12;
const Reconnect = 2000;

let socket;
let box;
let list;
let pending = [];
let skipped = 0;
/** @type {{since: number, lines: number, why: string} | null} What was not shown since the newest line that is. */
let gap = null;
let paused = false;

export function startTail() {
  box = new QueryBox(byId("tail-query"), byId("tail-history"));
  list = new LineList(byId("tail-lines"), { followTrace, look, filter: narrow, opened: () => pause(true) });
  byId("tail-form").addEventListener("submit", event => {
    event.preventDefault();
    remember(box.value);
    connect();
  });
  byId("tail-pause").addEventListener("click", () => pause(!paused));
  setInterval(render, 250);
  connect();
}

function pause(whether) {
  if (paused === whether) return;
  paused = whether;
  byId("tail-pause").setAttribute("aria-pressed", String(paused));
  byId("tail-pause").textContent = paused ? "Resume" : "Pause";
  if (paused) {
    gap ??= { since: Date.now(), lines: 0, why: "while the tail was paused" };
    sayPaused();
  } else {
    closeGap();
  }
}

function connect() {
  if (socket) socket.onclose = null;
  socket?.close();
  pending = [];
  skipped = 0;
  gap = null;
  pause(false);
  const query = box.value;
  byId("tail-as-query").hidden = true;
  say(byId("tail-state"), "connecting …");
  byId("tail-lines").replaceChildren();
  open(query);
}

function open(query) {
  const current = (socket = new WebSocket(tailAddress(query)));
  let opened = false;
  current.onopen = () => {
    opened = true;
    if (!paused) say(byId("tail-state"), "waiting for lines");
    if (!paused && gap) closeGap();
  };
  current.onmessage = message => receive(JSON.parse(message.data));
  current.onclose = async () => {
    if (opened || gap) {
      gap ??= { since: Date.now(), lines: 0, why: "while the connection was lost" };
      say(byId("tail-state"), "connection lost, trying again …", "bad");
      setTimeout(() => current === socket && open(query), Reconnect);
    } else {
      refused(query, await whyNoTail(query).catch(() => "The store cannot be reached."));
    }
  };
}

function refused(query, reason) {
  const isMetric = reason.includes("only log selector is supported");
  say(byId("tail-state"), isMetric
    ? "A tail follows lines, and this is a metric query, which answers with numbers. Take the log query in it, such as {namespace=\"default\"}, or"
    : reason.startsWith("websocket:") ? "The store refused the tail: it has as many as it takes. Close another page." : reason, "bad");
  byId("tail-as-query").hidden = !isMetric;
  byId("tail-as-query").onclick = () => {
    ask(query, { last: 300 });
    byId("query").focus();
  };
}

function receive(frame) {
  const lines = linesOf(frame.streams ?? []);
  const dropped = frame.dropped_entries?.length ?? 0;
  if (paused) {
    gap.lines += lines.length + dropped;
    return;
  }
  skipped += dropped;
  pending.push(...lines);
  if (pending.length > MaxPerFrame) {
    // Spread over all of them: a frame has one stream, and so one level, after the other.
    const stride = pending.length / MaxPerFrame;
    skipped += pending.length - MaxPerFrame;
    pending = Array.from({ length: MaxPerFrame }, (_, i) => pending[Math.floor((i + Math.random()) * stride)]);
  }
}

function render() {
  if (paused) {
    sayPaused();
    return;
  }
  if (pending.length === 0) return;
  const newest = pending.sort((a, b) => b.nanoseconds.length - a.nanoseconds.length || (a.nanoseconds < b.nanoseconds ? 1 : -1));
  pending = [];
  list.prepend(newest, MaxLines);
  say(byId("tail-state"), skipped > 0 ? `a sample: ${count(skipped)} more lines than one can read` : "every line");
}

function sayPaused() {
  // Said by a screen reader when it begins, and not each quarter of a second.
  byId("tail-state").setAttribute("aria-live", gap.lines > 0 ? "off" : "polite");
  say(byId("tail-state"), `paused: ${plural(gap.lines, "line")} since, not shown`, "warn");
}

/** Marks in the list what is not there, and how to see it. */
function closeGap() {
  const { since, lines, why } = gap;
  const until = Date.now();
  gap = null;
  byId("tail-state").removeAttribute("aria-live");
  say(byId("tail-state"), "waiting for lines");
  if (lines === 0 && why.includes("paused")) return;
  const query = box.value;
  const show = element("button", { type: "button" }, "Show them");
  show.addEventListener("click", () => ask(query, { from: since / 1000, to: until / 1000 }));
  list.prepend([element("li", { class: "gap" }, `${lines > 0 ? plural(lines, "line") : "Lines"} came ${why} and ${lines === 1 ? "is" : "are"} not shown here. `, show)], MaxLines);
}

/** A tail's line has all names in one; a query tells its labels from its metadata. */
async function look(line) {
  try {
    const selector = `{${Object.entries(line.labels).filter(([name]) => name === "service_name").map(([name, value]) => `${name}=${JSON.stringify(value)}`)}}`;
    const { result } = await queryRange(selector, line.nanoseconds, String(BigInt(line.nanoseconds) + 1n), { limit: "100" });
    return linesOf(result).find(other => other.nanoseconds === line.nanoseconds && other.text === line.text) ?? line;
  } catch {
    return line;
  }
}

function narrow(name, value, parser) {
  box.value = narrowed(box.value, name, value, parser);
  connect();
}
