// Numbers and times as the page shows them.

const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });

export const count = value => integer.format(value);
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;
export function short(value) {
  if (Math.abs(value) < 10 && !Number.isInteger(value)) return value.toPrecision(2);
  return Math.abs(value) < 10_000 ? integer.format(value) : compact.format(value);
}
export const time = date => clock.format(date);
/** A time in seconds on an axis of so many seconds. */
export const axisTime = (at, span) => (span > 86_400 ? minute : second).format(new Date(at * 1000));

export function milliseconds(value) {
  if (value === null || value === undefined) return "–";
  return value < 1000 ? `${integer.format(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function duration(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return parts.map(part => String(part).padStart(2, "0")).join(":");
}
