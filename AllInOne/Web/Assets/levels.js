// Severities by their many names: a colour, and never a colour alone.

const names = {
  trace: "debug", debug: "debug", info: "info", information: "info", notice: "info", warn: "warn", warning: "warn",
  error: "error", err: "error", fatal: "fatal", critical: "fatal", emergency: "fatal", alert: "fatal",
};

export const levels = ["unknown", "debug", "info", "warn", "error", "fatal"];

export function levelOf(labels) {
  return names[String(labels.level ?? labels.detected_level ?? "").toLowerCase()] ?? "unknown";
}

export const levelText = level => (level === "unknown" ? "–" : level);

/** The level that a series stands for, when its only label says it; a series without labels beside those has none. */
export function levelOfSeries(labels, all) {
  const isOf = set => Object.keys(set).every(name => name === "level" || name === "detected_level");
  const one = labels.level ?? labels.detected_level;
  if (!isOf(labels) || !all.every(isOf) || !all.some(set => set.level ?? set.detected_level)) return null;
  return one === undefined ? "unknown" : names[one.toLowerCase()] ?? "unknown";
}
