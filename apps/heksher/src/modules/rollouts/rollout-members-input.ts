import { invalid } from '@heksher/core';
import { bodyAs } from '../../http/validation.js';
import { type GivenBody } from './given-units.js';
import { ChangeMembersDto, type Mode, ReplaceMembersDto, unitsOf } from './rollout-members.dto.js';
import { type MembersChange } from './rollout-members.service.js';

/** What a body asks for: one of lines by the mode, JSON by its members. Throws `invalid`. */
export async function changeOf({ bytes, units }: GivenBody, mode: Mode | undefined): Promise<MembersChange> {
  if (units !== undefined) return changeBy(mode ?? 'add', units);
  if (mode === undefined) return unitsOf(await bodyAs(ChangeMembersDto, bytes));
  const message =
    'mode goes with a body of lines, text/csv or application/x-ndjson; JSON says by add and remove what becomes of units';
  throw invalid(message, 'mode', { parameter: 'mode', code: 'exclusive' });
}

export async function replacementOf({ bytes, units }: GivenBody): Promise<MembersChange> {
  return changeBy('replace', units ?? (await bodyAs(ReplaceMembersDto, bytes)).members);
}

function changeBy(mode: Mode, units: readonly string[]): MembersChange {
  switch (mode) {
    case 'add':
      return { added: units, removed: [] };
    case 'remove':
      return { added: [], removed: units };
    case 'replace':
      return { added: units, removed: 'others' };
  }
}
