import {
  type Condition,
  conditionsKey,
  type FieldError,
  forEachInSteps,
  formatJson,
  HeksherError,
  type InSteps,
  type JsonText,
} from '@heksher/core';
import { type Draft, type DraftSetting } from '@heksher/ruleset';
import { textOf } from './plan.js';
import { columnIn, conditionIn, type LoggedRow, MOST_ROWS } from './touched.store.js';

/** A resource that was written, the last time. */
export type Touch = Readonly<{
  kind: 'context_features' | 'setting' | 'rule' | 'rollout';
  key: string;
  row: LoggedRow;
  /** What it was before what is to be taken back, and is now; null: it was, or is, not there. */
  images?: Readonly<{ before: JsonText | null; now: JsonText | null }>;
}>;

/** Names a resource within the log. */
export function touchKey(kind: Touch['kind'], key: string): string {
  return `${kind} ${key}`;
}

/** A rule or rollout of a draft; undefined: deleted. */
type Part = Readonly<{ conditions: readonly Condition[] }> | undefined;

/**
 * What of the things that a draft changes was written in these rows: of a new rule, also whether there was one with its conditions.
 * @param withHeads whether a rule goes by its setting's own attributes, such as the type
 */
export function* touchedBy(draft: Draft, rows: readonly LoggedRow[], withHeads: boolean): InSteps<readonly Touch[]> {
  const log = yield* TouchedRows.of(rows);
  const touches = new Map<string, Touch>();
  const add = (touch: Touch | undefined): void => {
    if (touch !== undefined) touches.set(touchKey(touch.kind, touch.key), touch);
  };
  if (draft.features.join() !== [...draft.base.features].join()) add(log.find('context_features', ''));
  for (const name of draft.deleted) for (const touch of log.ofSetting(name)) add(touch);
  for (const setting of draft.changed) {
    const { base, name } = setting;
    if (base === undefined || withHeads || isHeadChanged(setting)) add(log.find('setting', base?.name ?? name));
    const own = log.byConditions(base?.name ?? name);
    for (const [kind, changes] of [
      ['rule', setting.ruleChanges],
      ['rollout', setting.rolloutChanges],
    ] as const) {
      yield* forEachInSteps<readonly [number, Part]>(changes, ([id, part]) => {
        if (id >= 0) add(log.find(kind, String(id)));
        else if (part !== undefined) for (const touch of own(kind, part.conditions)) add(touch);
      });
    }
  }
  return [...touches.values()];
}

function isHeadChanged({ base, head }: DraftSetting): boolean {
  if (base === undefined) return true;
  return (
    base.name !== head.name ||
    base.type !== head.typeText ||
    base.defaultValue !== head.defaultValue ||
    base.version !== `${head.version.major}.${head.version.minor}` ||
    [...base.aliases].sort().join() !== [...head.aliases].sort().join() ||
    [...base.configurableFeatures].sort().join() !== [...head.configurableFeatures].sort().join()
  );
}

const SETTING_TABLES: ReadonlySet<string> = new Set(['configurable', 'setting_aliases', 'setting_metadata']);
const RULE_TABLES: ReadonlySet<string> = new Set(['conditions', 'rule_metadata']);
const ROLLOUT_TABLES: ReadonlySet<string> = new Set(['rollout_conditions', 'rollout_metadata', 'rollout_members']);

/** Rows of the log by what they are of. */
export class TouchedRows {
  private readonly touches = new Map<string, Touch>();
  private readonly settings = new Map<string, Set<string>>();
  private readonly conditions = new Map<string, Map<string, string>>();
  /** What settings are called after these rows, by what they were called before; undefined: they are gone, or were not there. */
  private readonly laterNames = new Map<string, string | undefined>();
  private readonly earlierNames = new Map<string, string>();

  static *of(rows: readonly LoggedRow[]): InSteps<TouchedRows> {
    const log = new TouchedRows();
    yield* forEachInSteps(rows, (row) => log.add(row));
    return log;
  }

  find(kind: Touch['kind'], key: string): Touch | undefined {
    return this.touches.get(touchKey(kind, key));
  }

  /** What a setting is called now that had this name before; undefined where it is gone. */
  laterName(name: string): string | undefined {
    return this.laterNames.has(name) ? this.laterNames.get(name) : name;
  }

  /** The setting, its rules and its rollouts. */
  ofSetting(name: string): readonly Touch[] {
    return [...(this.settings.get(name) ?? [])].flatMap((key) => this.touches.get(key) ?? []);
  }

  /** Finds what of a setting had exactly these conditions when one of them was taken away. */
  byConditions(setting: string): (kind: 'rule' | 'rollout', conditions: readonly Condition[]) => readonly Touch[] {
    const found = new Map<string, Touch[]>();
    for (const touch of this.ofSetting(setting)) {
      const had = this.conditions.get(`${touch.kind} ${touch.key}`) ?? new Map<string, string>();
      const key = `${touch.kind} ${conditionsKey([...had])}`;
      if (!found.get(key)?.push(touch)) found.set(key, [touch]);
    }
    return (kind, conditions) => found.get(`${kind} ${conditionsKey(conditions)}`) ?? [];
  }

  private add(row: LoggedRow): void {
    if (followsRenaming(row)) return;
    const { table } = row;
    if (table === 'settings') this.follow(row);
    for (const image of [row.old, row.new]) {
      if (image === null) continue;
      if (table === 'context_features') this.touch('context_features', '', row);
      if (table === 'settings') this.touch('setting', columnIn(image, 'name'), row, columnIn(image, 'name'));
      if (SETTING_TABLES.has(table)) this.touch('setting', columnIn(image, 'setting'), row, columnIn(image, 'setting'));
      if (table === 'rules') this.touch('rule', columnIn(image, 'id'), row, columnIn(image, 'setting'));
      if (table === 'rollouts') this.touch('rollout', columnIn(image, 'id'), row, columnIn(image, 'setting'));
      if (RULE_TABLES.has(table)) this.touch('rule', columnIn(image, 'rule'), row, row.setting ?? '');
      if (ROLLOUT_TABLES.has(table)) this.touch('rollout', columnIn(image, 'rollout'), row, row.setting ?? '');
      if (table === 'conditions') this.addCondition(`rule ${columnIn(image, 'rule')}`, conditionIn(image));
      if (table === 'rollout_conditions')
        this.addCondition(`rollout ${columnIn(image, 'rollout')}`, conditionIn(image));
    }
  }

  private follow({ old, new: now }: LoggedRow): void {
    const [from, to] = [old, now].map((image) => (image === null ? undefined : columnIn(image, 'name')));
    if (from === to) return;
    if (from === undefined) {
      if (to !== undefined && !this.laterNames.has(to)) this.laterNames.set(to, undefined);
      return;
    }
    const first = this.earlierNames.get(from) ?? (this.laterNames.has(from) ? undefined : from);
    this.earlierNames.delete(from);
    if (first === undefined) return;
    this.laterNames.set(first, to);
    if (to !== undefined) this.earlierNames.set(to, first);
  }

  private touch(kind: Touch['kind'], key: string, row: LoggedRow, setting?: string): void {
    this.touches.set(touchKey(kind, key), { kind, key, row });
    if (setting === undefined || setting === '') return;
    const keys = this.settings.get(setting) ?? new Set();
    this.settings.set(setting, keys.add(`${kind} ${key}`));
  }

  private addCondition(key: string, [feature, value]: Condition): void {
    const conditions = this.conditions.get(key) ?? new Map<string, string>();
    this.conditions.set(key, conditions.set(feature, value));
  }
}

/** Its setting got another name: nothing else of the row changed. */
function followsRenaming({ table, old, new: now }: LoggedRow): boolean {
  if (table === 'settings' || old === null || now === null) return false;
  const differing = [...now].filter(([column, value]) => {
    const was = old.get(column);
    return was === undefined || formatJson(was) !== formatJson(value);
  });
  return differing.length > 0 && differing.every(([column]) => column === 'setting');
}

/** @param since as it was named */
export function touchedError(touches: readonly Touch[], since: string): HeksherError {
  const errors = touches.map(({ kind, key, row, images }): FieldError => {
    const { seq, at, actor } = row;
    const what =
      kind === 'context_features'
        ? 'the context features'
        : `the ${kind} ${kind === 'setting' ? JSON.stringify(key) : key}`;
    const verb = kind === 'context_features' ? 'were' : 'was';
    const message = `${what} ${verb} changed after ${since}, at ${at}, by ${actor} (revision ${seq})`;
    const details = {
      ...{ kind, seq, at, actor },
      ...(kind === 'rule' && { rule_id: Number(key) }),
      ...(kind === 'rollout' && { rollout_id: Number(key) }),
      ...(kind === 'setting' && { setting: key }),
      ...(images && { ...textOf('before', images.before), ...textOf('now', images.now) }),
    };
    return { field: 'body', message, code: 'touched_since', details };
  });
  const message = `what would be changed was changed after ${since}: ${errors.map((error) => error.message).join('; ')}`;
  return new HeksherError('conflict', message, { errors });
}

export function tooMuchTouched(since: string): HeksherError {
  const message = `more than ${MOST_ROWS} rows were written after ${since}, or a table was emptied: read what is there now`;
  return new HeksherError('conflict', message, { errors: [{ field: 'body', message, code: 'touched_since' }] });
}
