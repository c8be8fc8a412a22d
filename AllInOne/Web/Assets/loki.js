// The part of Loki's API that the page uses.

const Api = "/loki/api/v1";

/** @returns the answer's data. Throws with Loki's own words. */
export async function queryRange(query, start, end, more = {}, signal = undefined) {
  const parameters = new URLSearchParams({ query, start: String(start), end: String(end), ...more });
  const answer = await ask(`${Api}/query_range?${parameters}`, signal);
  return (await answer.json()).data;
}

/** @returns {Promise<string[]>} */
export async function labelNames() {
  return (await (await ask(`${Api}/labels`)).json()).data ?? [];
}

/** @returns {Promise<string[]>} */
export async function labelValues(name) {
  return (await (await ask(`${Api}/label/${encodeURIComponent(name)}/values`)).json()).data ?? [];
}

/** Names of fields in structured metadata, JSON and logfmt of some lines. @returns {Promise<string[]>} */
export async function fieldNames(selector) {
  const parameters = new URLSearchParams({ query: selector, line_limit: "200" });
  return ((await (await ask(`${Api}/detected_fields?${parameters}`)).json()).fields ?? []).map(field => field.label);
}

/** @returns {Promise<string[]>} */
export async function fieldValues(selector, name) {
  const parameters = new URLSearchParams({ query: selector, line_limit: "200" });
  return (await (await ask(`${Api}/detected_field/${encodeURIComponent(name)}/values?${parameters}`)).json()).values ?? [];
}

export function tailAddress(query) {
  const url = new URL(`${Api}/tail?${new URLSearchParams({ query, limit: "20" })}`, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

/** What a tail that a browser could not open was told: the browser does not show it, but the same address answers a plain request. */
export async function whyNoTail(query) {
  const answer = await fetch(`${Api}/tail?${new URLSearchParams({ query })}`);
  return answer.text();
}

async function ask(address, signal) {
  // Labels, structured metadata and what a query parsed apart, as Grafana asks for them.
  const answer = await fetch(address, { signal, headers: { "X-Loki-Response-Encoding-Flags": "categorize-labels" } });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `${answer.status} ${answer.statusText}`);
  return answer;
}
