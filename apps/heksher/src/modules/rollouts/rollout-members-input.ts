import { invalid } from '@heksher/core';
import { bodyAs } from '../../http/validation.js';
import { type GivenBody } from './given-units.js';
import { ChangeMembersRequest, type Mode, ReplaceMembersRequest, unitsOf } from './rollout-members.dto.js';
import { type MembersChange, type Units } from './rollout-members.service.js';

/** What a body asks for: one of lines by the mode, JSON by its members. Throws `invalid`. */
export async function changeOf(body: GivenBody, mode: Mode | undefined): Promise<MembersChange> {
  if ('units' in body) return changeBy(mode ?? 'add', body.units);
  if (mode === undefined) return unitsOf(await bodyAs(ChangeMembersRequest, body.bytes));
  const message =
    'mode goes with a body of lines, text/csv or application/x-ndjson; JSON says by add and remove what becomes of units';
  throw invalid(message, 'mode', { parameter: 'mode', code: 'exclusive' });
}

export async function replacementOf(body: GivenBody): Promise<MembersChange> {
  if ('units' in body) return changeBy('replace', body.units);
  const { members } = await bodyAs(ReplaceMembersRequest, body.bytes);
  return changeBy('replace', [members]);
}

function changeBy(mode: Mode, units: Units): MembersChange {
  switch (mode) {
    case 'add':
      return { added: units, removed: NONE };
    case 'remove':
      return { added: NONE, removed: units };
    case 'replace':
      return { added: units, removed: 'others' };
  }
}

const NONE: Units = [];
