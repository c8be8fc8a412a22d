// What is asked is in the page's address, so that it can be shared, bookmarked and gone back to.

/** @typedef {{last: number} | {from: number, to: number}} Range seconds until now, or two times in seconds since 1970 */

export const DefaultRange = { last: 300 };

/** @returns {{query: string, range: Range} | null} */
export function readAddress() {
  const parameters = new URLSearchParams(location.search);
  const query = parameters.get("query");
  if (query === null) return null;
  const [from, to] = [Date.parse(parameters.get("from")) / 1000, Date.parse(parameters.get("to")) / 1000];
  if (from < to) return { query, range: { from, to } };
  const last = Number(parameters.get("last"));
  return { query, range: last > 0 ? { last } : DefaultRange };
}

/** @param {{query: string, range: Range}} asked */
export function addressOf({ query, range }) {
  const parameters = new URLSearchParams({ query });
  if (range.last) {
    parameters.set("last", range.last);
  } else {
    parameters.set("from", new Date(range.from * 1000).toISOString());
    parameters.set("to", new Date(range.to * 1000).toISOString());
  }
  return `${location.pathname}?${parameters}`;
}

export function writeAddress(asked) {
  const address = addressOf(asked);
  if (address !== location.pathname + location.search) history.pushState({ depth: depth() + 1 }, "", address);
}

/** How many steps of the browser's history are this page's own. */
export const depth = () => history.state?.depth ?? 0;
