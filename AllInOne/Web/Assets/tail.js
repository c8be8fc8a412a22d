// The live tail, over Loki's own websocket.

import { byId, say } from "./dom.js";
import { count } from "./format.js";
import { lineElement } from "./lines.js";

const MaxLines = 200;
// Nobody reads more than this, and a browser that renders a hundred thousand lines a second does nothing else.
const MaxPerFrame = 12;
const Reconnect = 2000;

let socket;
let paused = false;
let pending = [];
let skipped = 0;

export function startTail() {
  byId("tail-form").addEventListener("submit", event => {
    event.preventDefault();
    connect();
  });
  byId("tail-pause").addEventListener("click", event => {
    paused = !paused;
    event.currentTarget.setAttribute("aria-pressed", String(paused));
    event.currentTarget.textContent = paused ? "Resume" : "Pause";
  });
  setInterval(render, 250);
  connect();
}

function connect() {
  if (socket) socket.onclose = null;
  socket?.close();
  pending = [];
  skipped = 0;
  const query = new URLSearchParams({ query: byId("tail-query").value, limit: "20" });
  const url = new URL(`/loki/api/v1/tail?${query}`, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  say(byId("tail-state"), "connecting …");

  const current = (socket = new WebSocket(url));
  let opened = false;
  current.onopen = () => {
    opened = true;
    byId("tail-lines").replaceChildren();
    say(byId("tail-state"), "waiting for lines");
  };
  current.onmessage = message => receive(JSON.parse(message.data));
  current.onclose = async () => {
    if (opened) {
      say(byId("tail-state"), "connection lost, trying again …", "bad");
      setTimeout(() => current === socket && connect(), Reconnect);
    } else {
      say(byId("tail-state"), await whyRefused(query), "bad");
    }
  };
}

// A browser does not show what a refused websocket was told; a query with the same LogQL is told the same.
async function whyRefused(query) {
  try {
    const response = await fetch(`/loki/api/v1/query_range?${query}`);
    return response.ok ? "the tail was refused" : await response.text();
  } catch {
    return "not reachable";
  }
}

function receive(frame) {
  if (paused) return;
  for (const { stream, values } of frame.streams ?? [])
    for (const [nanoseconds, text] of values) pending.push({ stream, nanoseconds, text });
  if (pending.length > MaxPerFrame) {
    skipped += pending.length - MaxPerFrame;
    pending = pending.slice(-MaxPerFrame);
  }
}

function render() {
  if (pending.length === 0) return;
  const list = byId("tail-lines");
  const newest = pending.sort((a, b) => (a.nanoseconds.length - b.nanoseconds.length) || (a.nanoseconds < b.nanoseconds ? -1 : 1));
  list.prepend(...newest.reverse().map(line => lineElement(line.stream, line.nanoseconds, line.text)));
  while (list.childElementCount > MaxLines) list.lastElementChild.remove();
  pending = [];
  say(byId("tail-state"), skipped > 0 ? `a sample: ${count(skipped)} more lines than one can read` : "every line");
}
