/** A setting got another name in this revision. */
export type SettingRenaming = Readonly<{ seq: number; from: string; to: string }>;

/** A name that a setting had from one revision to another, both included. */
export type NamedSpan = Readonly<{ name: string; from: number; to: number }>;

/**
 * The names that a setting had, newest first, of which `name` is the last. Where another setting had that name before, its
 * history begins where that one lost it.
 * @param renamings all, in their order
 */
export function lineageOf(name: string, renamings: readonly SettingRenaming[], newest: number): readonly NamedSpan[] {
  const spans: NamedSpan[] = [];
  let current = name;
  let to = newest;
  for (const { seq, from, to: later } of renamings.toReversed()) {
    if (later === current) {
      spans.push({ name: current, from: seq, to });
      current = from;
      to = seq;
    } else if (from === current) {
      spans.push({ name: current, from: seq + 1, to });
      return spans;
    }
  }
  return [...spans, { name: current, from: 0, to }];
}

/**
 * What a setting was called before some renamings that is called so after them; undefined where another had that name, so that
 * it is new.
 */
export function earlierName(
  name: string,
  renamings: readonly Readonly<{ from: string; to: string }>[],
): string | undefined {
  let earlier = name;
  for (const { from, to } of renamings.toReversed()) {
    if (to === earlier) earlier = from;
    else if (from === earlier) return undefined;
  }
  return earlier;
}

/** What a setting that once had this name was called last, where nothing has the name now. */
export function lastNameOf(
  name: string,
  renamings: readonly SettingRenaming[],
  lastSeen: (name: string) => number,
): string {
  let current = name;
  let after = 0;
  for (const { seq, from, to } of renamings) {
    if (from !== current || seq < after || lastSeen(current) > seq) continue;
    current = to;
    after = seq;
  }
  return current;
}
