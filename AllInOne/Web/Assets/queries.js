// The queries of before, the newest first, in this browser alone.

const Key = "observability.queries";
const Most = 50;

export function remember(query) {
  const all = [query, ...known().filter(other => other !== query)].slice(0, Most);
  try {
    localStorage.setItem(Key, JSON.stringify(all));
  } catch {
    // A browser that keeps nothing has no history.
  }
}

export function matching(text) {
  const wanted = text.trim().toLowerCase();
  return known().filter(query => query.toLowerCase().includes(wanted) && query !== text);
}

export function known() {
  try {
    const all = JSON.parse(localStorage.getItem(Key) ?? "[]");
    return Array.isArray(all) ? all.filter(query => typeof query === "string") : [];
  } catch {
    return [];
  }
}
