// The time range of a query: the last so many seconds, or two times.

import { byId } from "./dom.js";

const Custom = "custom";

export function startRange(onChange) {
  byId("range").addEventListener("change", () => {
    const isCustom = byId("range").value === Custom;
    byId("custom-range").hidden = !isCustom;
    if (isCustom) {
      // What was seen until now is what one starts from.
      fillIn(bounds({ last: Number(byId("range").dataset.last ?? 300) }));
      byId("from").focus();
    } else {
      onChange();
    }
  });
  for (const id of ["from", "to"]) byId(id).addEventListener("change", () => isWhole() && onChange());
}

/** @returns {import("./address.js").Range} */
export function chosenRange() {
  const { value } = byId("range");
  if (value !== Custom || !isWhole()) return { last: Number(value === Custom ? byId("range").dataset.last ?? 300 : value) };
  // An input has no more than milliseconds, in local time; what it shows of a range that was set may be less than that range has.
  const shown = { from: Date.parse(byId("from").value) / 1000, to: Date.parse(byId("to").value) / 1000 };
  const { from, to } = byId("custom-range").dataset;
  return Math.abs(from - shown.from) < 0.001 && Math.abs(to - shown.to) < 0.001 ? { from: Number(from), to: Number(to) } : shown;
}

/** @param {import("./address.js").Range} range */
export function showRange(range) {
  byId("custom-range").hidden = range.last !== undefined;
  if (range.last === undefined) {
    byId("range").value = Custom;
    fillIn(range);
    return;
  }
  // An address can name any number of seconds.
  const select = byId("range");
  if (![...select.options].some(option => option.value === String(range.last)))
    select.add(new Option(`last ${range.last} s`, String(range.last)), 0);
  select.value = String(range.last);
  select.dataset.last = range.last;
}

/** @returns {{from: number, to: number}} */
export function bounds(range) {
  const now = Date.now() / 1000;
  return range.last === undefined ? range : { from: now - range.last, to: now };
}

function fillIn({ from, to }) {
  Object.assign(byId("custom-range").dataset, { from, to });
  byId("from").value = local(from);
  byId("to").value = local(to);
}

function isWhole() {
  return Date.parse(byId("from").value) < Date.parse(byId("to").value);
}

function local(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
}
