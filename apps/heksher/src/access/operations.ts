import { type Action, isNone, type Permissions } from './grants.js';

/**
 * On which settings the action must be granted. `shown`: the answer shows those that it is granted on; `some`: on any; `every`: on
 * all; else on those that the request names by a parameter of the path, of the query or by members of the body, or by a rule or rollout.
 */
export type Target =
  | 'shown'
  | 'some'
  | 'every'
  | Readonly<{ path: string }>
  | Readonly<{ query: string }>
  | Readonly<{ body: readonly string[] }>
  | Readonly<{ rule: string }>
  | Readonly<{ rollout: string }>;

/**
 * What an operation requires; `public`: nothing; `any`: to be somebody, who may be granted nothing. Where there is another action that also lets somebody begin, the operation itself finds
 * out which of them it takes, and on which settings.
 */
export type Requirement = Readonly<{ action: Action | 'public' | 'any'; or?: Action; on: Target }>;

const ofSetting = (action: Action): Requirement => ({ action, on: { path: 'name' } });
const ofRule = (action: Action): Requirement => ({ action, on: { rule: 'id' } });
const ofRollout = (action: Action): Requirement => ({ action, on: { rollout: 'id' } });
const of = (action: Action | 'any', on: Target): Requirement => ({ action, on });
const PUBLIC: Requirement = { action: 'public', on: 'some' };

/** Every operation of the service. One that is missing is refused to everybody. */
export const OPERATIONS: Readonly<Record<string, Requirement>> = {
  'GET /api/v1/query': of('read', 'shown'),
  'POST /api/v1/evaluate': of('evaluate', 'shown'),
  'POST /ofrep/v1/evaluate/flags': of('evaluate', 'shown'),
  'POST /ofrep/v1/evaluate/flags/{key}': of('evaluate', 'shown'),

  'GET /api/v1/context_features': of('read', 'some'),
  'GET /api/v1/context_features/{name}': of('read', 'some'),
  'GET /api/v1/context_features/{name}/values': of('read', 'shown'),
  'POST /api/v1/context_features': of('write', 'every'),
  'DELETE /api/v1/context_features/{name}': of('write', 'every'),
  'PATCH /api/v1/context_features/{name}/index': of('write', 'every'),

  'GET /api/v1/settings': of('read', 'shown'),
  'POST /api/v1/settings/declare': of('declare', { body: ['name', 'alias'] }),
  'GET /api/v1/settings/{name}': ofSetting('read'),
  'DELETE /api/v1/settings/{name}': ofSetting('write'),
  'GET /api/v1/settings/{name}/lint': ofSetting('read'),
  'PUT /api/v1/settings/{name}/type': ofSetting('write'),
  'PUT /api/v1/settings/{name}/name': ofSetting('write'),
  'PUT /api/v1/settings/{name}/configurable_features': ofSetting('write'),
  'GET /api/v1/settings/{name}/metadata': ofSetting('read'),
  'POST /api/v1/settings/{name}/metadata': ofSetting('write'),
  'PUT /api/v1/settings/{name}/metadata': ofSetting('write'),
  'DELETE /api/v1/settings/{name}/metadata': ofSetting('write'),
  'PUT /api/v1/settings/{name}/metadata/{key}': ofSetting('write'),
  'DELETE /api/v1/settings/{name}/metadata/{key}': ofSetting('write'),
  'GET /api/v1/settings/{name}/override': ofSetting('read'),
  'PUT /api/v1/settings/{name}/override': ofSetting('write'),
  'DELETE /api/v1/settings/{name}/override': ofSetting('write'),

  'GET /api/v1/rules': of('read', 'shown'),
  'POST /api/v1/rules': of('write', { body: ['setting'] }),
  'GET /api/v1/rules/search': of('read', { query: 'setting' }),
  'GET /api/v1/rules/{id}': ofRule('read'),
  'PUT /api/v1/rules/{id}': ofRule('write'),
  'PATCH /api/v1/rules/{id}': ofRule('write'),
  'DELETE /api/v1/rules/{id}': ofRule('write'),
  'PUT /api/v1/rules/{id}/value': ofRule('write'),
  'GET /api/v1/rules/{id}/metadata': ofRule('read'),
  'POST /api/v1/rules/{id}/metadata': ofRule('write'),
  'PUT /api/v1/rules/{id}/metadata': ofRule('write'),
  'DELETE /api/v1/rules/{id}/metadata': ofRule('write'),
  'PUT /api/v1/rules/{id}/metadata/{key}': ofRule('write'),
  'DELETE /api/v1/rules/{id}/metadata/{key}': ofRule('write'),

  'GET /api/v1/rollouts': of('read', 'shown'),
  'POST /api/v1/rollouts': of('write', { body: ['setting'] }),
  'GET /api/v1/rollouts/{id}': ofRollout('read'),
  'PATCH /api/v1/rollouts/{id}': ofRollout('write'),
  'DELETE /api/v1/rollouts/{id}': ofRollout('write'),
  'GET /api/v1/rollouts/{id}/members': ofRollout('read'),
  'POST /api/v1/rollouts/{id}/members': ofRollout('write'),
  'PUT /api/v1/rollouts/{id}/members': ofRollout('write'),
  'GET /api/v1/rollouts/{id}/members/{unit}': ofRollout('read'),

  'GET /api/v1/lint': of('read', 'shown'),

  'GET /api/v1/history': of('read', 'every'),
  'GET /api/v1/history/{seq}': of('read', 'every'),
  'GET /api/v1/diff': of('read', 'every'),

  'GET /api/v1/changes': of('read', 'shown'),
  'GET /api/v1/propagation': of('read', 'every'),
  'GET /ofrep/v1/events/{channel}': of('evaluate', 'shown'),

  'GET /api/v1/changesets': of('read', 'some'),
  'POST /api/v1/changesets': { action: 'propose', or: 'declare', on: 'some' },
  'GET /api/v1/changesets/{id}': of('read', 'some'),
  'PATCH /api/v1/changesets/{id}': of('propose', 'some'),
  'POST /api/v1/changesets/{id}/approve': of('approve', 'some'),
  'POST /api/v1/changesets/{id}/reject': of('approve', 'some'),
  'POST /api/v1/changesets/{id}/withdraw': of('propose', 'some'),
  'POST /api/v1/changesets/{id}/apply': of('write', 'some'),
  'POST /api/v1/history/{seq}/revert': of('propose', 'some'),

  'GET /api/v1/keys': of('admin', 'every'),
  'POST /api/v1/keys': of('admin', 'every'),
  'GET /api/v1/keys/{id}': of('admin', 'every'),
  'DELETE /api/v1/keys/{id}': of('admin', 'every'),

  'GET /api/v1/principals': of('admin', 'every'),
  'POST /api/v1/principals': of('admin', 'every'),
  'GET /api/v1/principals/{id}': of('admin', 'every'),
  'PUT /api/v1/principals/{id}': of('admin', 'every'),
  'DELETE /api/v1/principals/{id}': of('admin', 'every'),

  'GET /api/v1/webhooks': of('admin', 'every'),
  'POST /api/v1/webhooks': of('admin', 'every'),
  'GET /api/v1/webhooks/{id}': of('admin', 'every'),
  'PATCH /api/v1/webhooks/{id}': of('admin', 'every'),
  'DELETE /api/v1/webhooks/{id}': of('admin', 'every'),
  'POST /api/v1/webhooks/{id}/rotate': of('admin', 'every'),
  'POST /api/v1/webhooks/{id}/replay': of('admin', 'every'),
  'POST /api/v1/webhooks/{id}/test': of('admin', 'every'),
  'GET /api/v1/webhooks/{id}/attempts': of('admin', 'every'),
  'GET /api/v1/webhooks/{id}/dead_letters': of('admin', 'every'),

  'GET /api/v1/whoami': of('any', 'some'),

  'GET /.well-known/oauth-protected-resource': PUBLIC,

  'GET /api/health': PUBLIC,
  'GET /api/health/live': PUBLIC,
  'GET /api/health/ready': PUBLIC,
  'GET /api/health/startup': PUBLIC,
};

/** Whether somebody with these permissions may do it with any setting. */
export function mayBegin({ action, or }: Requirement, permissions: Permissions): boolean {
  if (action === 'public' || action === 'any' || !isNone(permissions[action])) return true;
  return or !== undefined && !isNone(permissions[or]);
}

/** A part of a path: by its next part, and by any (a parameter). */
type Node = { next: Map<string, Node>; parameter: Node | undefined; requirements: Map<string, Requirement> };

const node = (): Node => ({ next: new Map(), parameter: undefined, requirements: new Map() });

const ROOT = node();

for (const [operation, requirement] of Object.entries(OPERATIONS)) {
  const [method = '', path = ''] = operation.split(' ');
  let at = ROOT;
  for (const part of path.split('/')) at = part.startsWith('{') ? (at.parameter ??= node()) : nextOf(at, part);
  at.requirements.set(method, requirement);
}

/** All that a path without parameters can be asked with: one look-up, since those are asked most. */
const LITERAL = new Map<string, ReadonlyMap<string, Requirement>>();

for (const operation of Object.keys(OPERATIONS)) {
  const [, path = ''] = operation.split(' ');
  if (!path.includes('{')) LITERAL.set(path, requirementsAt(path));
}

/** What was looked up last: most requests ask for the same, and to compare two paths takes less than to hash one. */
let last: Readonly<{ path: string; requirements: ReadonlyMap<string, Requirement> | undefined }> = {
  path: '',
  requirements: undefined,
};

function requirementsAt(path: string): ReadonlyMap<string, Requirement> {
  const methods = new Set(Object.keys(OPERATIONS).map((operation) => operation.split(' ', 1)[0] ?? ''));
  return new Map(
    [...methods].flatMap((method) => {
      const requirement = find(ROOT, path.split('/'), 0, method);
      return requirement === undefined ? [] : [[method, requirement]];
    }),
  );
}

function nextOf({ next }: Node, part: string): Node {
  const known = next.get(part);
  if (known !== undefined) return known;
  const made = node();
  next.set(part, made);
  return made;
}

/**
 * What is required of a request; undefined where no operation serves it.
 * @param path as it was sent, without the query string
 */
export function requirementOf(method: string | undefined, path: string): Requirement | undefined {
  const asked = method === 'HEAD' ? 'GET' : (method ?? '');
  if (path !== last.path) last = { path, requirements: LITERAL.get(path) };
  if (last.requirements !== undefined) return last.requirements.get(asked);
  const parts = (path.endsWith('/') ? path.slice(0, -1) : path).split('/');
  return find(ROOT, parts, 0, asked);
}

/** A literal part goes before a parameter, where it has the method. */
function find(at: Node, parts: readonly string[], index: number, method: string): Requirement | undefined {
  const part = parts[index];
  if (part === undefined) return at.requirements.get(method);
  const literal = at.next.get(part);
  const found = literal && find(literal, parts, index + 1, method);
  if (found !== undefined || at.parameter === undefined || part === '') return found;
  return find(at.parameter, parts, index + 1, method);
}
