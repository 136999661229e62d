import {
  forEachInSteps,
  formatJson,
  type InSteps,
  type Json,
  type JsonText,
  parseStoredJson,
  rawJson,
  type Writable,
  writeJson,
} from '@heksher/core';
import { type ChangedResource } from './changes.js';

type Members = ReadonlyMap<string, Json>;

/** What an operation says, in the order in which it is written. */
type Written = Readonly<Record<string, Writable | undefined>>;

/** Where something was, and is: the name of a setting, the conditions of a rule. */
type Place = Readonly<{ from: string; to: string }>;

/** What operations know a rule or rollout by. */
type Address = Written & Readonly<{ feature_values: ReadonlyMap<string, Writable> }>;

/** A rule or rollout that gets its conditions back, and other fields with them. */
type Move = Place & Readonly<{ op: string; about: Address; set: Written; expect: Written }>;

/** So many units has one operation at most. */
const MOST_UNITS = 10_000;

/**
 * The operations that take changes back, each as JSON; each expects what the changes made of what it changes, so that it
 * overwrites nothing that came later. They are in an order in which names are free and features there when they are needed.
 */
export function* inverseOperations(changes: readonly ChangedResource[]): InSteps<readonly JsonText[]> {
  const inverse = new Inverse();
  yield* forEachInSteps(changes, (change) => inverse.add(change), CHANGES_PER_STEP);
  return yield* inverse.operations();
}

const CHANGES_PER_STEP = 64;

class Inverse {
  private readonly before: Written[] = [];
  private readonly renamings: Place[] = [];
  private readonly cleared: Written[] = [];
  private readonly settings: Written[] = [];
  private readonly gone: Written[] = [];
  private readonly moves: Move[] = [];
  private readonly parts: Written[] = [];
  private readonly deletedSettings: Written[] = [];
  private readonly after: Written[] = [];
  private readonly created = new Set<string>();
  /** What settings are called before the changes, by what they are called after them. */
  private readonly earlier = new Map<string, string>();
  private readonly pending: ChangedResource[] = [];

  add(change: ChangedResource): void {
    if (change.kind === 'context_features') this.addFeatures(change);
    else if (change.kind === 'setting') this.addSetting(change);
    else this.pending.push(change);
  }

  /** Parts of settings come last, since a rename may be listed after them. */
  *operations(): InSteps<readonly JsonText[]> {
    yield* forEachInSteps(this.pending, (change) => this.addPart(change), CHANGES_PER_STEP);
    const renamings = renamedBack(this.renamings).map(({ from, to }) => {
      return { op: 'rename_setting', setting: to, name: from, keep_alias: false };
    });
    const operations: readonly Written[] = [
      ...this.before,
      ...this.deletedSettings,
      ...this.cleared,
      ...renamings,
      ...this.settings,
      ...this.gone,
      ...movedBack(this.moves),
      ...this.parts,
      ...this.after,
    ];
    yield;
    const texts: JsonText[] = [];
    yield* forEachInSteps(operations, (operation) => texts.push(writeJson(operation)), CHANGES_PER_STEP);
    return texts;
  }

  private addPart(change: ChangedResource): void {
    const [old, now] = [membersOf(change.old), membersOf(change.new)];
    if (change.kind === 'rule') this.addRule(old, now);
    if (change.kind === 'rollout') this.addRollout(old, now, change.units);
  }

  private addFeatures({ old, new: now }: ChangedResource): void {
    const [was, is] = [textsOf(old), textsOf(now)];
    for (const name of was) if (!is.includes(name)) this.before.push({ op: 'add_context_feature', name });
    for (const name of is) if (!was.includes(name)) this.after.push({ op: 'delete_context_feature', name });
    const order = [...is.filter((name) => was.includes(name)), ...was.filter((name) => !is.includes(name))];
    if (order.every((name, index) => name === was[index])) return;
    was.forEach((name, index) => {
      const after = was[index - 1];
      if (after !== undefined) this.after.push({ op: 'move_context_feature', name, after });
    });
    const [first, second] = was;
    if (first !== undefined && second !== undefined) {
      this.after.push({ op: 'move_context_feature', name: first, before: second });
    }
  }

  private addSetting({ old: oldText, new: newText }: ChangedResource): void {
    const [old, now] = [membersOf(oldText), membersOf(newText)];
    const [was, is] = [textIn(old, 'name'), textIn(now, 'name')];
    if (now === undefined) {
      if (old !== undefined)
        this.settings.push({ op: 'put_setting', setting: was, ...fieldsOf(old, SETTING_FIELDS), expect: null });
      return;
    }
    if (old === undefined) {
      this.created.add(is);
      this.deletedSettings.push({ op: 'delete_setting', setting: is, expect: fieldsOf(now, SETTING_FIELDS) });
      return;
    }
    this.earlier.set(is, was);
    if (was !== is) this.renamings.push({ from: was, to: is });
    const [oldAliases, aliases] = [textsOf(oldText, 'aliases'), textsOf(newText, 'aliases')];
    const extra = aliases.filter((alias) => !oldAliases.includes(alias));
    if (extra.length > 0) {
      const kept = aliases.filter((alias) => oldAliases.includes(alias));
      this.cleared.push({ op: 'put_setting', setting: is, aliases: kept, expect: fieldsOf(now, ['aliases']) });
    }
    const changed = SETTING_FIELDS.filter((field) => formatIn(old, field) !== formatIn(now, field));
    const expected = changed.filter((field) => field !== 'aliases');
    if (changed.length === 0) return;
    this.settings.push({
      op: 'put_setting',
      setting: was,
      ...fieldsOf(old, changed),
      expect: expected.length === 0 ? undefined : fieldsOf(now, expected),
    });
  }

  private addRule(old: Members | undefined, now: Members | undefined): void {
    const setting = this.settingOf(old, now);
    if (setting === undefined) return;
    if (old !== undefined && now !== undefined && this.settingOf(undefined, now) !== setting) {
      // By SQL a rule can get to another setting; no operation does that.
      this.addRule(undefined, now);
      this.addRule(old, undefined);
      return;
    }
    const about = (rule: Members): Address => ({ setting, feature_values: conditionsIn(rule) });
    if (now === undefined) {
      if (old !== undefined)
        this.parts.push({ op: 'put_rule', ...about(old), ...fieldsOf(old, RULE_FIELDS), expect: null });
    } else if (old === undefined) {
      this.gone.push({ op: 'delete_rule', ...about(now), expect: fieldsOf(now, RULE_FIELDS) });
    } else {
      const changed = RULE_FIELDS.filter((field) => formatIn(old, field) !== formatIn(now, field));
      const [set, expect] = [fieldsOf(old, changed), fieldsOf(now, changed)];
      this.addPatch('patch_rule', [about(old), about(now)], set, expect);
    }
  }

  private addRollout(
    old: Members | undefined,
    now: Members | undefined,
    { added, removed }: Readonly<{ added: readonly string[]; removed: readonly string[] }>,
  ): void {
    const setting = this.settingOf(old, now);
    const last = old ?? now;
    if (setting === undefined || last === undefined) return;
    const about = (rollout: Members): Address => {
      return { setting, feature: textIn(rollout, 'feature'), feature_values: conditionsIn(rollout) };
    };
    if (old === undefined) {
      if (now !== undefined)
        this.gone.push({ op: 'delete_rollout', ...about(now), expect: fieldsOf(now, ROLLOUT_FIELDS) });
      return;
    }
    if (now === undefined) {
      this.parts.push({ op: 'put_rollout', ...about(old), ...fieldsOf(old, ROLLOUT_FIELDS), expect: null });
    } else {
      const changed = ROLLOUT_FIELDS.filter((field) => formatIn(old, field) !== formatIn(now, field));
      const [set, expect] = [changedFields(old, changed), fieldsOf(now, changed)];
      const { feature } = about(old);
      this.addPatch('patch_rollout', [about(old), { ...about(now), feature }], set, expect);
    }
    const change = { op: 'change_members', ...about(old) };
    for (const add of pagesOf(removed)) this.parts.push({ ...change, add });
    for (const remove of pagesOf(added)) this.parts.push({ ...change, remove });
  }

  private addPatch(op: string, [was, is]: readonly [Address, Address], set: Written, expect: Written): void {
    const [from, to] = [placeOf(was), placeOf(is)];
    if (from !== to) {
      const moved = { ...set, feature_values: was.feature_values };
      this.moves.push({ from, to, op, about: is, set: moved, expect });
    } else if (Object.keys(set).length > 0) {
      this.parts.push({ op, ...is, set, expect });
    }
  }

  /** What the setting is called by then; undefined: it goes as a whole. */
  private settingOf(old: Members | undefined, now: Members | undefined): string | undefined {
    if (old !== undefined) return textIn(old, 'setting');
    const name = textIn(now, 'setting');
    return this.created.has(name) ? undefined : (this.earlier.get(name) ?? name);
  }
}

const SETTING_FIELDS = ['type', 'default_value', 'configurable_features', 'metadata', 'version', 'aliases'];
const RULE_FIELDS = ['value', 'metadata'];
const ROLLOUT_FIELDS = ['enabled', 'percentage', 'ramp', 'pattern', 'value', 'variants', 'hash', 'salt', 'metadata'];

/** Of two that exclude each other, the one that was there replaces the other. */
function changedFields(old: Members, changed: readonly string[]): Written {
  const entries = changed.flatMap((field): [string, Writable][] => {
    const value = old.get(field);
    if (value !== undefined) return [[field, rawJson(formatJson(value))]];
    return field === 'pattern' ? [[field, null]] : [];
  });
  return Object.fromEntries(entries);
}

/** Those that are there; `null` stands for what is not. */
function fieldsOf(members: Members, fields: readonly string[]): Written {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = members.get(field);
      return value === undefined ? [] : [[field, rawJson(formatJson(value))]];
    }),
  );
}

function formatIn(members: Members, field: string): string | undefined {
  const value = members.get(field);
  return value && formatJson(value);
}

function membersOf(text: JsonText | null): Members | undefined {
  const json = text === null ? null : parseStoredJson(text);
  return json?.kind === 'object' ? json.members : undefined;
}

function textIn(members: Members | undefined, field: string): string {
  const value = members?.get(field);
  return value?.kind === 'string' ? value.value : '';
}

function textsOf(text: JsonText | null, field?: string): readonly string[] {
  const json = text === null ? null : parseStoredJson(text);
  const list = field === undefined ? json : json?.kind === 'object' ? json.members.get(field) : null;
  return list?.kind === 'array' ? list.items.map((item) => (item.kind === 'string' ? item.value : '')) : [];
}

/** A rule has a list of pairs, a rollout an object. */
function conditionsIn(members: Members): ReadonlyMap<string, Writable> {
  const given = members.get('feature_values');
  if (given?.kind === 'object') {
    return new Map(Array.from(given.members, ([feature, value]) => [feature, rawJson(formatJson(value))]));
  }
  const pairs = given?.kind === 'array' ? given.items : [];
  return new Map(
    pairs.flatMap((pair): [string, Writable][] => {
      const [feature, value] = pair.kind === 'array' ? pair.items : [];
      if (feature?.kind !== 'string' || value === undefined) return [];
      return [[feature.value, rawJson(formatJson(value))]];
    }),
  );
}

function* pagesOf(units: readonly string[]): Iterable<readonly string[]> {
  for (let start = 0; start < units.length; start += MOST_UNITS) yield units.slice(start, start + MOST_UNITS);
}

/** Each setting is renamed from what it is called now to what it was; where names were passed round, one waits under another name. */
function renamedBack(renamings: readonly Place[]): readonly Place[] {
  return inFreeOrder(renamings).flatMap((chain) => {
    const first = chain.at(-1);
    if (first === undefined || !isRound(chain)) return chain;
    const aside = `${first.to.slice(0, 200)}_undone`;
    return [{ from: aside, to: first.to }, ...chain.slice(0, -1), { from: first.from, to: aside }];
  });
}

/** Where conditions were passed round, one rule waits under others, which are taken to be nobody's. */
function movedBack(moves: readonly Move[]): readonly Written[] {
  return inFreeOrder(moves).flatMap((chain) => {
    const patches = chain.map(({ op, about, set, expect }) => ({ op, ...about, set, expect }));
    const [first, feature] = [chain.at(-1), chain.flatMap(({ about }) => [...about.feature_values.keys()])[0]];
    if (first === undefined || feature === undefined || !isRound(chain)) return patches;
    const { op, about, set, expect } = first;
    const aside = { feature_values: { [feature]: ASIDE } };
    return [{ op, ...about, set: aside, expect }, ...patches.slice(0, -1), { op, ...about, ...aside, set }];
  });
}

const ASIDE = 'undone_aside';

function placeOf({ feature_values: conditions, ...others }: Address): string {
  return writeJson({ ...others, feature_values: new Map([...conditions].sort(([a], [b]) => (a < b ? -1 : 1))) });
}

/** Whether the first of a chain goes to where its last is. */
function isRound(chain: readonly Place[]): boolean {
  return chain.length > 0 && chain[0]?.from === chain.at(-1)?.to;
}

/** Chains of what goes back from where it is now (`to`) to where it was (`from`), in an order in which that is free, but where one is round. */
function inFreeOrder<T extends Place>(moved: readonly T[]): readonly (readonly T[])[] {
  const holders = new Map(moved.map((one) => [one.to, one]));
  return moved.map((start) => {
    const chain: T[] = [];
    for (let next = holders.get(start.to); next !== undefined; next = holders.get(next.from)) {
      holders.delete(next.to);
      chain.push(next);
    }
    return chain.toReversed();
  });
}
