/** The moves that lead from one order to another, each of one feature behind another or, undefined, to the first place. */
export type Move = Readonly<{ name: string; after: string | undefined }>;

/** The fewest moves: what is in order already, relative to each other, stays. */
export function movesBetween(from: readonly string[], to: readonly string[]): readonly Move[] {
  const staying = new Set(longestInOrder(from, to));
  return to.flatMap((name, index): Move[] => (staying.has(name) ? [] : [{ name, after: to[index - 1] }]));
}

/** The moves as operations of a change set, each behind or before one that is there when it is made. */
export function operationsOf(from: readonly string[], to: readonly string[]) {
  let order = from;
  return movesBetween(from, to).map(({ name, after }) => {
    const others = order.filter((one) => one !== name);
    const place = after === undefined ? { before: others[0] } : { after };
    order = others.toSpliced(after === undefined ? 0 : others.indexOf(after) + 1, 0, name);
    return { op: 'move_context_feature', name, ...place };
  });
}

/** The longest of the sequences that both have in common. */
function longestInOrder(from: readonly string[], to: readonly string[]): readonly string[] {
  const place = new Map(from.map((name, index) => [name, index]));
  const best: (readonly string[])[] = [];
  for (const [index, name] of to.entries()) {
    const own = place.get(name) ?? -1;
    let longest: readonly string[] = [];
    for (const before of best.slice(0, index)) {
      const last = before.at(-1);
      if (last !== undefined && (place.get(last) ?? -1) < own && before.length > longest.length) longest = before;
    }
    best.push([...longest, name]);
  }
  return best.reduce((longest, one) => (one.length > longest.length ? one : longest), []);
}
