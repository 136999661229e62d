import { Chip } from '../ui/chip.js';
import { type State } from './changeset-queries.js';

export const STATES: readonly State[] = [
  'proposed',
  'approved',
  'scheduled',
  'applied',
  'failed',
  'withdrawn',
  'rejected',
];

const KINDS: Readonly<Record<State, 'plain' | 'accent' | 'good' | 'bad' | 'warn'>> = {
  proposed: 'warn',
  approved: 'accent',
  scheduled: 'accent',
  applied: 'good',
  failed: 'bad',
  withdrawn: 'plain',
  rejected: 'bad',
};

export function StateChip({ state }: Readonly<{ state: State }>) {
  return <Chip kind={KINDS[state]}>{state}</Chip>;
}
