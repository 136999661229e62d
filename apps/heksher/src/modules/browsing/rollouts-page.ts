import { type InSteps } from '@heksher/core';
import { type LoadedRollout, preparePatterns, type Ruleset } from '@heksher/ruleset';
import { readParameters } from '../../http/parameters.js';
import { requireFeature, settingAsked } from './asked.js';
import { cursor, formatCursor } from './cursor.js';
import { anyText, limit, someOf, USUAL_PAGE } from './parameters.js';
import { momentOf, ROLLOUT_STATES } from '../rollouts/rollout-moment.js';
import { rolloutMembers } from './texts.js';

/** A cursor is the id of the last rollout of a page. */
const READERS = {
  setting: anyText,
  feature: anyText,
  state: someOf(ROLLOUT_STATES),
  limit,
  cursor: cursor(([id, ...more]) => (typeof id === 'number' && more.length === 0 ? id : undefined)),
};

export type RolloutsRequest = ReturnType<typeof parseRolloutsRequest>;

export function parseRolloutsRequest(queryString: string) {
  return readParameters(queryString, READERS).parameters;
}

type Named = Readonly<{ rollout: LoadedRollout; setting: string }>;

/** A page of rollouts by ascending id, as JSON; all of a setting where no limit is given. */
export function* writeRolloutsPage(ruleset: Ruleset, request: RolloutsRequest, nowMs: number): InSteps<string> {
  const { setting, feature, state, cursor: after = 0 } = request;
  requireFeature(ruleset, feature);
  const settings = setting === undefined ? ruleset.settings.values() : [settingAsked(ruleset, setting)];
  const most = request.limit ?? (setting === undefined ? USUAL_PAGE : Infinity);
  const found: Named[] = [];
  for (const { name, rollouts } of settings) {
    yield* preparePatterns(rollouts);
    for (const rollout of rollouts) {
      if (feature !== undefined && rollout.feature !== feature) continue;
      if (state !== undefined && !state.has(momentOf(rollout, nowMs).state)) continue;
      if (found.push({ rollout, setting: name }) % ROLLOUTS_PER_STEP === 0) yield;
    }
  }
  const rest = found.filter(({ rollout }) => rollout.id > after).sort((a, b) => a.rollout.id - b.rollout.id);
  const page = rest.slice(0, most);
  const texts: string[] = [];
  for (const { rollout, setting: name } of page) {
    if (texts.push(`{${rolloutMembers(rollout, name, nowMs)}}`) % ROLLOUTS_PER_STEP === 0) yield;
  }
  const last = page.at(-1);
  const next = last === undefined || page.length === rest.length ? null : formatCursor([last.rollout.id]);
  return `{"rollouts":[${texts.join(',')}],"total":${found.length},"next_cursor":${JSON.stringify(next)}}`;
}

const ROLLOUTS_PER_STEP = 256;
