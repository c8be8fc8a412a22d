// Parts that fail on purpose, for as long as is asked for, and what becomes of the lines meanwhile.

import { byId, element, say } from "./dom.js";
import { count, plural } from "./format.js";

const Refresh = 1000;
// Records a second that wait in the ordinary run of things, times so many seconds: below that, all has been caught up with.
const OrdinarySeconds = 3;

const labels = {
  "kafka-outage": "Kafka away", "loki-outage": "Loki away", "loki-slow": "Loki slow", "loki-limit": "Loki limits (429)", "loki-lose-answers": "Lost answers",
};
const labelOf = fault => labels[fault.name] ?? fault.name;

/** @type {Map<string, {button: HTMLButtonElement, state: object}>} */
const faults = new Map();
/** What is watched since the first fault began, until all is as before. @type {object | null} */
let watched = null;

export async function startFaults() {
  try {
    show(await ask("/faults"));
  } catch {
    byId("faults").hidden = true;
    return;
  }
  setInterval(async () => {
    try {
      show(await ask("/faults"));
    } catch {
      // The status says it.
    }
  }, Refresh);
  addEventListener("flow", event => watch(event.detail));
}

function show(states) {
  for (const state of states) {
    const { button } = faults.get(state.name) ?? add(state);
    faults.set(state.name, { button, state });
    button.setAttribute("aria-pressed", String(state.active !== null));
    button.textContent = state.active ? `${labelOf(state)}: end it, ${Math.ceil(state.active.remainingSeconds)} s` : labelOf(state);
  }
}

function add(state) {
  const button = element("button", { type: "button", title: state.summary, "data-fault": state.name });
  button.addEventListener("click", () => toggle(state.name));
  byId("fault-buttons").append(button);
  return { button };
}

async function toggle(name) {
  const isOn = faults.get(name).state.active !== null;
  try {
    if (!isOn && !byId("fault-seconds").reportValidity()) return;
    show([isOn ? await ask(`/faults/${name}`, "DELETE") : await ask(`/faults/${name}?seconds=${byId("fault-seconds").value}`, "POST")]);
    if (!isOn && !watched) watched = { names: new Set(), first: null, mostLag: 0, pausedSeconds: 0, didSeeReaction: false };
    if (!isOn) watched.names.add(name);
  } catch (fault) {
    say(byId("fault-state"), fault.message, "bad");
  }
}

function watch(flow) {
  if (!watched) return;
  watched.first ??= flow;
  watched.mostLag = Math.max(watched.mostLag, flow.lag);
  watched.pausedSeconds += flow.paused ? 1 : 0;
  const active = [...watched.names].map(name => faults.get(name).state).filter(state => state.active);
  const repeated = flow.retries - watched.first.retries;
  const merged = flow.deduplicated - watched.first.deduplicated;
  const dead = flow.deadLettered - watched.first.deadLettered;
  const seen = [
    `${count(watched.mostLag)} records waited in Kafka at the most`,
    repeated > 0 && `${plural(repeated, "push", "pushes")} repeated`,
    merged > 0 && `${plural(merged, "line")} came again and ${merged === 1 ? "was" : "were"} merged`,
    watched.pausedSeconds > 0 && `reading was paused for ${watched.pausedSeconds} s`,
    dead > 0 && `${plural(dead, "dead letter")}`,
    ...[...watched.names].map(name => faults.get(name).state).map(state => counts(state)),
  ].filter(Boolean).join(", ");
  const missing = `missing: ${count(flow.missing)}`;
  if (active.length > 0) {
    say(byId("fault-state"), `${active.map(state => state.summary).join(" ")} So far: ${seen}; ${missing}.`, "warn");
  } else if (flow.lag > OrdinarySeconds * Math.max(flow.inKafka.perSecond, 100) || flow.paused) {
    say(byId("fault-state"), `Over; the Forwarder catches up, ${count(flow.lag)} records are still to come. ${seen}; ${missing}.`, "warn");
  } else {
    say(byId("fault-state"), `${flow.missing === 0 ? "✓ All is caught up with, and nothing is missing" : `✗ ${missing}`}: ${seen}.`, flow.missing === 0 ? "good" : "bad");
    watched = null;
  }
}

function counts({ name, active, last }) {
  const done = Object.entries((active ?? last)?.counts ?? {}).map(([what, number]) => `${count(number)} ${what}`).join(", ");
  return done && `${labelOf({ name })}: ${done}`;
}

async function ask(address, method = "GET") {
  const answer = await fetch(address, { method, cache: "no-store" });
  if (!answer.ok) throw new Error((await answer.json()).detail ?? answer.statusText);
  return answer.json();
}
