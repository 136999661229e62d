import { HeksherError, invalid, isSettingName, quoted, SETTING_NAME_RULE } from '@heksher/core';

/** What can be done with settings, each with what it includes; see docs/access.md. */
const INCLUDED = {
  evaluate: ['evaluate'],
  read: ['read', 'evaluate'],
  declare: ['declare'],
  propose: ['propose', 'read', 'evaluate'],
  approve: ['approve', 'read', 'evaluate'],
  write: ['write', 'declare', 'propose', 'read', 'evaluate'],
  admin: ['admin', 'approve', 'write', 'declare', 'propose', 'read', 'evaluate'],
} as const;

export type Action = keyof typeof INCLUDED;

export const ACTIONS = Object.keys(INCLUDED) as readonly Action[];

/** An action on settings: all (`*`), those below a prefix (`billing.*`), or the one of that name. */
export type Grant = Readonly<{ action: Action; pattern: string }>;

const ACCEPTED = `an action (${ACTIONS.join(', ')}), alone for all settings or with which, such as read, write:billing.* or evaluate:cache_size`;

/** Reads `read`, `write:billing.*` or `evaluate:cache_size`. Throws 'invalid'. */
export function parseGrant(text: string): Grant {
  const colon = text.indexOf(':');
  const name = colon === -1 ? text : text.slice(0, colon);
  const pattern = colon === -1 ? '*' : text.slice(colon + 1);
  const action = ACTIONS.find((one) => one === name);
  if (action === undefined) throw invalid(`${quoted(text)} is no grant; accepted: ${ACCEPTED}`);
  if (isPattern(pattern)) return { action, pattern };
  throw invalid(
    `${quoted(pattern)} names no settings; accepted: *, a prefix such as billing.*, or ${SETTING_NAME_RULE}`,
  );
}

/** Whether it is `*`, a prefix such as `billing.*`, or a name. */
export function isPattern(text: string): boolean {
  if (text === '*') return true;
  return isSettingName(text.endsWith('.*') ? text.slice(0, -2) : text);
}

/** As `parseGrant` reads it, in its shortest form. */
export function formatGrant({ action, pattern }: Grant): string {
  return pattern === '*' ? action : `${action}:${pattern}`;
}

const SCOPE_PREFIX = 'heksher:';

/** The scope of OAuth that asks for an action, such as `heksher:write`. */
export function scopeOf(action: Action): string {
  return SCOPE_PREFIX + action;
}

/** The grants among scopes such as `openid heksher:read:billing.*`; others are those of other services. */
export function grantsOfScopes(scopes: readonly string[]): readonly Grant[] {
  return scopes.flatMap((scope) => {
    if (!scope.startsWith(SCOPE_PREFIX)) return [];
    try {
      return [parseGrant(scope.slice(SCOPE_PREFIX.length))];
    } catch (error) {
      if (error instanceof HeksherError) return [];
      throw error;
    }
  });
}

/** A set of settings by their names. Equal sets that were made of grants have equal keys. */
export type SettingSet = Readonly<{
  /** `*` of all; empty of none. */
  key: string;
  names: ReadonlySet<string>;
  /** Each with the dot at its end. */
  prefixes: readonly string[];
}>;

/** For each action, which settings it is granted on. */
export type Permissions = Readonly<Record<Action, SettingSet>>;

export function permissionsOf(grants: readonly Grant[]): Permissions {
  return eachAction((action) =>
    settingSet(grants.flatMap((grant) => (includes(grant.action, action) ? [grant.pattern] : []))),
  );
}

/** What both grant. */
export function intersectionOf(one: Permissions, other: Permissions): Permissions {
  return eachAction((action) => {
    const [left, right] = [new Set(patternsOf(one[action])), new Set(patternsOf(other[action]))];
    return settingSet([...coveredBy(right, left), ...coveredBy(left, right)]);
  });
}

/** What any of them grants. */
export function unionOf(all: readonly Permissions[]): Permissions {
  return eachAction((action) => settingSet(all.flatMap((one) => patternsOf(one[action]))));
}

export function isAll({ key }: SettingSet): boolean {
  return key === '*';
}

export function isNone({ key }: SettingSet): boolean {
  return key === '';
}

/** @param name the canonical one */
export function admits({ key, names, prefixes }: SettingSet, name: string): boolean {
  return key === '*' || names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

function includes(action: Action, other: Action): boolean {
  return (INCLUDED[action] as readonly Action[]).includes(other);
}

function eachAction(make: (action: Action) => SettingSet): Permissions {
  return Object.fromEntries(ACTIONS.map((action) => [action, make(action)])) as Permissions;
}

/** Of all that the patterns name. Without the patterns that others cover, so that the key says nothing but which settings there are. */
export function settingSet(patterns: readonly string[]): SettingSet {
  const distinct = new Set(patterns);
  const kept = [...distinct].filter((pattern) => !wider(pattern).some((other) => distinct.has(other))).sort();
  const prefixes = kept.flatMap((pattern) => (pattern.endsWith('*') ? [pattern.slice(0, -1)] : []));
  return { key: kept.join(' '), names: new Set(kept.filter((pattern) => !pattern.endsWith('*'))), prefixes };
}

/** As grants name them: `*`, `billing.*`, names. */
export function patternsOf({ key }: SettingSet): readonly string[] {
  return key === '' ? [] : key.split(' ');
}

/** Those whose settings are all among those of the wide ones. */
function coveredBy(wide: ReadonlySet<string>, patterns: ReadonlySet<string>): readonly string[] {
  return [...patterns].filter((pattern) => wide.has(pattern) || wider(pattern).some((other) => wide.has(other)));
}

/** All other patterns that have every setting of this one: `*`, `a.*` and `a.b.*` of `a.b.c`. */
function wider(pattern: string): readonly string[] {
  if (pattern === '*') return [];
  const parts = (pattern.endsWith('.*') ? pattern.slice(0, -2) : pattern).split('.').slice(0, -1);
  return ['*', ...parts.map((_, index) => `${parts.slice(0, index + 1).join('.')}.*`)];
}
