// The pipeline's picture and the two-minute curves, from /api/flow once a second.

import { byId, say } from "./dom.js";
import { bytes, count, duration, milliseconds, short } from "./format.js";
import { Sparkline } from "./sparkline.js";

const Interval = 1000;
const hops = ["generated", "inKafka", "forwarded", "stored"];

const sparks = {
  stored: new Sparkline(byId("spark-stored")),
  lag: new Sparkline(byId("spark-lag")),
  latency: new Sparkline(byId("spark-latency")),
};

export function startFlow() {
  poll();
}

async function poll() {
  try {
    const response = await fetch("/api/flow", { cache: "no-store" });
    if (!response.ok) throw new Error(`${response.status}`);
    const flow = await response.json();
    show(flow);
    dispatchEvent(new CustomEvent("flow", { detail: flow }));
  } catch {
    say(byId("status"), "not reachable", "bad");
  }
  setTimeout(poll, Interval);
}

function show(flow) {
  for (const hop of hops) {
    const card = document.querySelector(`[data-hop="${hop}"]`);
    card.querySelector("[data-rate]").textContent = count(flow[hop].perSecond);
    card.querySelector("[data-total]").textContent = count(flow[hop].total);
    const link = card.previousElementSibling;
    if (link) {
      link.dataset.flow = String(flow[hop].perSecond > 0);
      // A decade more lines is a third faster: 1/s crawls, 100,000/s races.
      link.style.setProperty("--pace", `${(2 / (1 + Math.log10(1 + flow[hop].perSecond))).toFixed(2)}s`);
    }
  }

  byId("kafka-detail").textContent = `${count(flow.lag)} waiting for the Forwarder`;
  byId("forwarder-detail").textContent = flow.paused ? "paused: the store does not keep up" : `p95 ${milliseconds(flow.p95Ms)} until stored`;
  byId("store-detail").textContent = `${bytes(flow.storeBytes)} of ${bytes(flow.storeCapacity)}, ${count(flow.streams)} streams`;
  document.querySelector('[data-hop="forwarded"]').dataset.alarm = String(flow.paused);

  sparks.stored.add(flow.stored.perSecond);
  sparks.lag.add(flow.lag);
  sparks.latency.add(flow.p95Ms ?? 0);
  byId("now-stored").textContent = `${short(flow.stored.perSecond)} lines/s`;
  byId("now-lag").textContent = `${count(flow.lag)} records`;
  byId("now-latency").textContent = `p50 ${milliseconds(flow.p50Ms)} · p95 ${milliseconds(flow.p95Ms)}`;

  setCount("missing", flow.missing, flow.missing > 0);
  setCount("dead", flow.deadLettered, flow.deadLettered > 0);
  setCount("retries", flow.retries);
  setCount("deduplicated", flow.deduplicated);
  say(byId("status"), `${flow.paused ? "store does not keep up" : "running"} · ${duration(flow.uptimeSeconds)}`, flow.paused ? "warn" : "good");
}

function setCount(id, value, alarm = false) {
  byId(id).textContent = count(value);
  byId(id).dataset.alarm = String(alarm);
}
