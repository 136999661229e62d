import { type Tracking } from '../resolution/tracking.js';

/** How long the path of a query may be: servers and proxies refuse request lines beyond 8 KiB. */
const MAX_PATH = 7_000;
const MAX_FILTER = 3_000;

/** A query, and the names of the settings that it asks for. */
export type SettingsQuery = Readonly<{ path: string; names: readonly string[] }>;

/** The queries that together ask for these settings. Equal sets of names give equal queries, so that ETags stay useful. */
export function queriesFor(names: Iterable<string>, tracking: Tracking): readonly SettingsQuery[] {
  const filter = encodeURIComponent(contextFilter(tracking));
  const pathFor = (group: readonly string[]): string =>
    `/query?settings=${group.join(',')}&context_filters=${filter}&include_rollouts=true`;
  let room = 0;
  const groups: string[][] = [];
  for (const name of [...names].sort()) {
    room -= name.length + 1;
    if (room < 0) {
      room = MAX_PATH - pathFor([name]).length;
      groups.push([]);
    }
    groups.at(-1)?.push(name);
  }
  return groups.map((group) => ({ path: pathFor(group), names: group }));
}

/** Where there are so many values that no URL holds them, all values of the feature with the most are asked for. */
function contextFilter({ features }: Tracking): string {
  if (features === undefined) return '*';
  const terms = Array.from(features, ([feature, values]) =>
    values === '*' ? `${feature}:*` : `${feature}:(${[...values].sort().join(',')})`,
  );
  while (encodeURIComponent(terms.join(',')).length > MAX_FILTER) {
    const longest = terms.reduce((a, b) => (b.length > a.length ? b : a), '');
    const wide = `${longest.slice(0, longest.indexOf(':'))}:*`;
    if (wide === longest) break;
    terms[terms.indexOf(longest)] = wide;
  }
  return terms.join(',');
}
