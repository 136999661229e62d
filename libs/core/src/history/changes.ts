import { type Condition } from '../condition.js';
import { type InSteps } from '../in-steps.js';
import { type JsonText } from '../json.js';
import { writeJson } from '../json-writer.js';
import { earlierName } from './lineage.js';
import { type Resource, Resources } from './resources.js';
import { type RowEntry, type Rows, textIn, undone } from './rows.js';

/** What became of one thing that the API shows. `old` and `new` are its JSON there; null: it was, or is, not there. */
export type ResourceChange = Readonly<{
  op: 'created' | 'changed' | 'deleted';
  old: JsonText | null;
  new: JsonText | null;
}> &
  (
    | Readonly<{ kind: 'context_features' }>
    | Readonly<{ kind: 'setting'; setting: string }>
    | Readonly<{ kind: 'rule'; setting: string; rule_id: number; conditions: readonly Condition[] }>
    | Readonly<{
        kind: 'rollout';
        setting: string;
        rollout_id: number;
        feature: string;
        conditions: readonly Condition[];
        members: MemberCounts;
      }>
  );

/** How many units became members, and how many are none any more. */
export type MemberCounts = Readonly<{ added: number; removed: number }>;

const SETTING_TABLES: ReadonlySet<string> = new Set([
  'settings',
  'configurable',
  'setting_aliases',
  'setting_metadata',
]);
const RULE_TABLES: ReadonlySet<string> = new Set(['rules', 'conditions', 'rule_metadata']);
const NO_MEMBERS: MemberCounts = { added: 0, removed: 0 };

/**
 * What the entries of one transaction, in their order, come to: changes of what the API shows, in the order in which each was
 * touched first. What is at last as it was is none; nor is what only followed its setting to another name.
 * @param rows of all that the entries touch, and the context features, as they are after the transaction
 * @param members of rollouts by id: how many came and went
 * @returns the rows before the transaction too
 */
export function* transactionChanges(
  entries: readonly RowEntry[],
  rows: Rows,
  members: ReadonlyMap<number, MemberCounts> = countMembers(entries),
): InSteps<Readonly<{ changes: readonly ResourceChange[]; before: Rows }>> {
  const before = yield* undone(
    rows,
    entries.filter(({ table }) => table !== 'rollout_members'),
  );
  const [was, is] = [yield* Resources.of(before), yield* Resources.of(rows)];
  const gone = was.features.filter((feature) => !is.features.includes(feature));
  const inOrder = yield* Resources.of(before, [...is.features, ...gone]);
  const comparison = new Comparison(was, is, inOrder, renamingsIn(entries), members);
  const changes: ResourceChange[] = [];
  const seen = new Set<string>();
  const add = (key: string, change: () => ResourceChange | undefined): void => {
    if (seen.has(key)) return;
    seen.add(key);
    const made = change();
    if (made !== undefined) changes.push(made);
  };
  for (const [index, { table, old, new: now }] of entries.entries()) {
    if (index % 64 === 63) yield;
    for (const row of [old, now]) {
      if (row === null) continue;
      if (table === 'context_features') add('', () => comparison.features());
      if (SETTING_TABLES.has(table)) {
        const name = comparison.nameAfter(
          textIn(row, table === 'settings' ? 'name' : 'setting') ?? '',
          index,
          row === old,
        );
        add(`setting ${name}`, () => comparison.setting(name));
      }
      const id = textIn(row, table === 'rules' || table === 'rollouts' ? 'id' : 'rule') ?? textIn(row, 'rollout') ?? '';
      if (RULE_TABLES.has(table)) add(`rule ${id}`, () => comparison.rule(id));
      if (table.startsWith('rollout')) add(`rollout ${id}`, () => comparison.rollout(id));
    }
  }
  for (const id of members.keys()) add(`rollout ${id}`, () => comparison.rollout(String(id)));
  return { changes, before };
}

type Renaming = Readonly<{ index: number; from: string; to: string }>;

function renamingsIn(entries: readonly RowEntry[]): readonly Renaming[] {
  return entries.flatMap(({ table, old, new: now }, index) => {
    const [from, to] = [old && textIn(old, 'name'), now && textIn(now, 'name')];
    return table === 'settings' && from != null && to != null && from !== to ? [{ index, from, to }] : [];
  });
}

/** Units that came and went, or went and came back, count as nothing. */
export function countMembers(entries: readonly RowEntry[]): ReadonlyMap<number, MemberCounts> {
  const net = new Map<number, Map<string, number>>();
  for (const { table, old, new: now } of entries) {
    if (table !== 'rollout_members') continue;
    for (const [row, step] of [
      [old, -1],
      [now, 1],
    ] as const) {
      if (row === null) continue;
      const id = Number(textIn(row, 'rollout'));
      const units = net.get(id) ?? new Map<string, number>();
      net.set(id, units);
      const unit = textIn(row, 'unit') ?? '';
      units.set(unit, (units.get(unit) ?? 0) + step);
    }
  }
  return new Map(
    Array.from(net, ([id, units]) => {
      const steps = [...units.values()];
      return [id, { added: steps.filter((step) => step > 0).length, removed: steps.filter((step) => step < 0).length }];
    }),
  );
}

/**
 * Two states, compared by the order of context features of the newer one: that of the older one would have what did not change
 * look otherwise where features were moved. And the names that settings had in the one and have in the other. */
class Comparison {
  /** @param inOrder the older state by the order of the newer one */
  constructor(
    private readonly before: Resources,
    private readonly after: Resources,
    private readonly inOrder: Resources,
    private readonly renamings: readonly Renaming[],
    private readonly members: ReadonlyMap<number, MemberCounts>,
  ) {}

  /** What a setting, named so in an entry, is called in the end. */
  nameAfter(name: string, index: number, isOld: boolean): string {
    let now = name;
    for (const { index: at, from, to } of this.renamings) {
      if ((isOld ? at >= index : at > index) && from === now) now = to;
    }
    return now;
  }

  features(): ResourceChange | undefined {
    const [old, now] = [this.before.features, this.after.features].map((features) => writeJson(features));
    if (old === undefined || now === undefined || old === now) return undefined;
    return { kind: 'context_features', op: 'changed', old, new: now };
  }

  setting(name: string): ResourceChange | undefined {
    const earlier = earlierName(name, this.renamings);
    const old = earlier === undefined ? null : this.before.setting(earlier);
    const now = this.after.setting(name);
    if (earlier !== undefined && now !== null && this.inOrder.setting(earlier) === now) return undefined;
    return changed({ kind: 'setting', setting: name }, old, now);
  }

  rule(id: string): ResourceChange | undefined {
    const [old, now] = [this.before.rule(id), this.after.rule(id)];
    if (this.onlyFollowed(this.inOrder.rule(id), now)) return undefined;
    const { setting = '', conditions = [] } = now ?? old ?? {};
    return changed({ kind: 'rule', setting, rule_id: Number(id), conditions }, ...texts(old, now));
  }

  rollout(id: string): ResourceChange | undefined {
    const [old, now] = [this.before.rollout(id), this.after.rollout(id)];
    const members = this.members.get(Number(id)) ?? NO_MEMBERS;
    const hasMembers = members.added + members.removed > 0;
    if (!hasMembers && this.onlyFollowed(this.inOrder.rollout(id), now)) return undefined;
    const { setting = '', conditions = [], feature = '' } = now ?? old ?? {};
    const head = { kind: 'rollout', setting, rollout_id: Number(id), feature, conditions, members } as const;
    return changed(head, ...texts(old, now), hasMembers);
  }

  /** Whether nothing is otherwise than before but the name of its setting. */
  private onlyFollowed(old: Resource | undefined, now: Resource | undefined): boolean {
    if (old === undefined || now === undefined) return false;
    return (
      earlierName(now.setting, this.renamings) === old.setting && old.write(now.setting) === now.write(now.setting)
    );
  }
}

function texts(old: Resource | undefined, now: Resource | undefined): [old: JsonText | null, now: JsonText | null] {
  return [old?.write(old.setting) ?? null, now?.write(now.setting) ?? null];
}

type Head = ResourceChange extends infer Change
  ? Change extends unknown
    ? Omit<Change, 'op' | 'old' | 'new'>
    : never
  : never;

function changed(
  head: Head,
  old: JsonText | null,
  now: JsonText | null,
  isChanged = false,
): ResourceChange | undefined {
  if (old === now && (old === null || !isChanged)) return undefined;
  const op = old === null ? 'created' : now === null ? 'deleted' : 'changed';
  return { ...head, op, old, new: now };
}
