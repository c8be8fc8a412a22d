// The generator's buttons, and the verification.

import { byId, say } from "./dom.js";
import { count, milliseconds } from "./format.js";

const VerifyLines = 10_000;
const Refresh = 2000;

export function startGenerator() {
  byId("rate-form").addEventListener("submit", event => {
    event.preventDefault();
    control("PUT", "", { rate: Number(byId("rate").value) });
  });
  for (const button of document.querySelectorAll("[data-pattern]"))
    button.addEventListener("click", () => control("PUT", "", { pattern: button.dataset.pattern }));
  byId("burst").addEventListener("click", () => control("POST", "/burst", { factor: 10, duration: "10s" }));
  byId("run").addEventListener("click", () => control("POST", byId("run").dataset.action));
  byId("verify").addEventListener("click", verify);
  refresh(true);
}

async function refresh(first = false) {
  try {
    const response = await fetch("/generator", { cache: "no-store" });
    if (response.ok) show(await response.json(), first);
  } catch {
    // The status says it.
  }
  setTimeout(refresh, Refresh);
}

async function control(method, path, body) {
  const error = byId("control-error");
  try {
    const response = await fetch(`/generator${path}`, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(Object.values(answer.errors ?? {}).flat()[0] ?? answer.detail ?? answer.title);
    error.hidden = true;
    show(answer, true);
  } catch (fault) {
    error.hidden = false;
    error.textContent = fault.message;
  }
}

function show(state, setRate) {
  for (const button of document.querySelectorAll("[data-pattern]"))
    button.setAttribute("aria-pressed", String(state.running && button.dataset.pattern === state.pattern));
  byId("burst").setAttribute("aria-pressed", String(state.burst !== null));
  byId("run").textContent = state.running ? "Stop" : "Start";
  byId("run").dataset.action = state.running ? "/stop" : "/start";
  if (setRate && document.activeElement !== byId("rate")) byId("rate").value = state.rate;
  const burst = state.burst ? `, burst ${Math.ceil(state.burst.remainingSeconds)} s` : "";
  byId("generator-detail").textContent = state.running ? `${state.pattern}, aims at ${count(state.targetRate)}/s${burst}` : "stopped";
}

async function verify() {
  const button = byId("verify");
  const result = byId("verify-result");
  button.disabled = true;
  say(result, "sending, then reading back …");
  try {
    const response = await fetch("/verify", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ lines: VerifyLines, rate: VerifyLines }),
    });
    const report = await response.json();
    if (!response.ok) throw new Error(report.detail ?? report.title);
    say(
      result,
      `${report.passed ? "✓" : "✗"} ${count(report.sent)} sent, ${count(report.stored)} stored, ${count(report.missing)} missing, ` +
        `${count(report.duplicated)} twice, ${count(report.outOfOrder)} out of order · ` +
        `latency p50 ${milliseconds(report.latency.p50Ms)}, p95 ${milliseconds(report.latency.p95Ms)}, p99 ${milliseconds(report.latency.p99Ms)}`,
      report.passed ? "good" : "bad");
  } catch (fault) {
    say(result, fault.message, "bad");
  } finally {
    button.disabled = false;
  }
}
