import {
  type Condition,
  conflict,
  forEachInSteps,
  formatJson,
  type HeksherError,
  type InSteps,
  invalid,
  type JsonText,
  parseStoredJson,
  pointerTo,
  type ResourceChange,
  writeJson,
} from '@heksher/core';
import { type ChangedResource, type Draft, rolloutImage, ruleImage, settingImage } from '@heksher/ruleset';
import { type WholeChange } from '../history/history.service.js';
import { type Resolution } from './revert-input.js';
import { type Touch, touchedError, type TouchedRows, touchKey } from './touched.js';

/** A thing that a transaction changed, as it is now. */
type Now = Readonly<{ key: string; json: JsonText | null }>;

/** What a revert takes back where some of it was changed since. */
export type Resolved = Readonly<{
  changes: readonly ChangedResource[];
  /** Later changes that were seen, by what they are of: the newest revision of each. */
  accepted: ReadonlyMap<string, number>;
}>;

/**
 * Leaves out what is to be kept, and lets the rest become again what it was from what it is now. Throws `conflict` for what was changed since and is not
 * resolved, or was changed again after it was seen.
 */
export function* resolveConflicts(
  draft: Draft,
  changes: readonly WholeChange[],
  log: TouchedRows,
  resolutions: readonly Resolution[],
  since: string,
): InSteps<Resolved> {
  const given = new Map(resolutions.map((one) => [touchKey(one.kind, one.key), one]));
  const open: Touch[] = [];
  const left: ChangedResource[] = [];
  yield* forEachInSteps(changes, ({ change, units }) => {
    const now = nowOf(draft, change, log);
    const touch = touchOf(change, now, log);
    const isMet = touch !== undefined && (change.kind !== 'setting' || isOverwriting(change, now));
    const resource = (changed: Pick<ChangedResource, 'old' | 'new'>): ChangedResource =>
      change.kind === 'rollout' ? { kind: 'rollout', ...changed, units } : { kind: change.kind, ...changed };
    const resolution = touch && given.get(touchKey(touch.kind, touch.key));
    if (!isMet) left.push(resource(change));
    else if (resolution === undefined || resolution.seq < touch.row.seq)
      open.push({ ...touch, images: { before: change.old, now: now.json } });
    else if (resolution.choice === 'take') {
      if (change.kind === 'rollout' && now.json === null) throw membersAreGone(touch);
      left.push(resource({ old: change.old, new: now.json }));
    }
  });
  if (open.length > 0) throw touchedError(open, since);
  const accepted = new Map<string, number>();
  for (const [index, { kind, key, seq, choice }] of resolutions.entries()) {
    if (log.find(kind, key) === undefined) throw notTouched(index, kind, key, since);
    if (choice === 'take') accepted.set(touchKey(kind, key), seq);
  }
  return { changes: left, accepted };
}

/**
 * The newest change of what the transaction left behind; of what it took away, that of what stands in its place. Something else in the place of what it
 * left behind is named once that is to be taken: see `touchedBy`.
 */
function touchOf(change: ResourceChange, now: Now, log: TouchedRows): Touch | undefined {
  const [own, other] = [keyOf(change), now.key];
  // A setting that got another name since is known by that.
  const keys = change.kind === 'setting' ? [other, own] : [own, other];
  return keys.map((key) => log.find(change.kind, key)).find((touch) => touch !== undefined);
}

/** What it is called in the log by the transaction itself. */
function keyOf(change: ResourceChange): string {
  switch (change.kind) {
    case 'context_features':
      return '';
    case 'setting':
      return change.setting;
    case 'rule':
      return String(change.rule_id);
    case 'rollout':
      return String(change.rollout_id);
  }
}

/** Of a rule or rollout that is gone: the one that stands in its place, with the same conditions; of a setting, the one that has its name. */
function nowOf(draft: Draft, change: ResourceChange, log: TouchedRows): Now {
  if (change.kind === 'context_features') return { key: '', json: writeJson(draft.features) };
  const setting = draft.setting(change.setting);
  const gone = { key: keyOf(change), json: null };
  if (setting === undefined) return gone;
  if (change.kind === 'setting') {
    // Of a setting that is gone, another one may have the name as an alias.
    const isIt = setting.name === change.setting || setting.name === log.laterName(change.setting);
    return isIt ? { key: setting.name, json: writeJson(settingImage(setting.head)) } : gone;
  }
  const image = membersOf(change.old ?? change.new);
  const name = image?.get('setting');
  const before = name?.kind === 'string' ? name.value : setting.name;
  if (change.kind === 'rule') {
    const rule = setting.rule(change.rule_id) ?? setting.ruleWith(conditionsIn(image));
    return rule === undefined ? gone : { key: String(rule.id), json: writeJson(ruleImage(before, rule)) };
  }
  const rollout = setting.rollout(change.rollout_id) ?? setting.rolloutBy(change.feature, conditionsIn(image));
  return rollout === undefined ? gone : { key: String(rollout.id), json: writeJson(rolloutImage(before, rollout)) };
}

/** Whether something of a setting that the transaction changed is not as that left it. */
function isOverwriting(change: ResourceChange, now: Now): boolean {
  const [old, made, is] = [change.old, change.new, now.json].map(membersOf);
  if (old === undefined || made === undefined || is === undefined) return true;
  const textIn = (members: ReadonlyMap<string, unknown>, field: string): string => {
    const json = members.get(field) as Parameters<typeof formatJson>[0] | undefined;
    return json === undefined ? '' : formatJson(json);
  };
  return [...made.keys()].some(
    (field) => textIn(old, field) !== textIn(made, field) && textIn(made, field) !== textIn(is, field),
  );
}

function membersOf(text: JsonText | null | undefined) {
  const json = text == null ? undefined : parseStoredJson(text);
  return json?.kind === 'object' ? json.members : undefined;
}

/** Of a rule they are a list of pairs, of a rollout an object. */
function conditionsIn(image: ReturnType<typeof membersOf>): readonly Condition[] {
  const json = image?.get('feature_values');
  const text = (one: typeof json): string => (one?.kind === 'string' ? one.value : '');
  if (json?.kind === 'object') return [...json.members].map(([feature, value]) => [feature, text(value)]);
  if (json?.kind !== 'array') return [];
  return json.items.flatMap((pair): Condition[] =>
    pair.kind === 'array' ? [[text(pair.items[0]), text(pair.items[1])]] : [],
  );
}

function membersAreGone({ key, row: { seq } }: Touch): HeksherError {
  const message = `the rollout ${key} was deleted by revision ${seq}, and its members with it: take that back first`;
  return conflict(message, { field: 'conflicts', pointer: '/conflicts', code: 'contradiction' });
}

function notTouched(index: number, kind: string, key: string, since: string): HeksherError {
  const what = key === '' ? 'the context features were' : `the ${kind} ${key} was`;
  return invalid(`${what} not changed after ${since}: there is nothing to choose`, 'conflicts', {
    pointer: pointerTo('conflicts', index),
  });
}
