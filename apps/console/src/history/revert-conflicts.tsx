import { Link } from '@tanstack/react-router';
import { type ProblemEntry } from '../api/api-error.js';
import { Difference } from '../difference/difference.js';
import { type Change } from '../difference/rows.js';
import { Button } from '../ui/button.js';
import { Time } from '../ui/time.js';
import css from './history.module.css';

/** Something that was changed after what is to be taken back, and what becomes of it. */
export type RevertConflict = Readonly<{
  kind: 'rule' | 'rollout' | 'setting' | 'context_features';
  rule_id?: number;
  rollout_id?: number;
  setting?: string;
  /** The newest change of it. */
  seq: number;
  at: string;
  actor: string;
  message: string;
  /** Before what is to be taken back, and now; absent: it is too long. */
  before?: unknown;
  now?: unknown;
  choice: 'keep' | 'take' | undefined;
}>;

/** Those that an answer names, beside those that were chosen of before. */
export function conflictsWith(
  known: readonly RevertConflict[],
  errors: readonly ProblemEntry[],
): readonly RevertConflict[] {
  const named = errors
    .filter(({ code, seq }) => code === 'touched_since' && typeof seq === 'number')
    .map((entry) => ({ ...entry, choice: undefined }) as unknown as RevertConflict);
  const isNamed = (one: RevertConflict): boolean => named.some((other) => keyOf(other) === keyOf(one));
  return [...known.filter((one) => !isNamed(one)), ...named];
}

/** As the body of a revert has it. */
export function choiceOf({ kind, rule_id, rollout_id, setting, seq, choice }: RevertConflict) {
  return {
    kind,
    ...(kind === 'rule' && { rule_id }),
    ...(kind === 'rollout' && { rollout_id }),
    ...(kind === 'setting' && { setting }),
    seq,
    choice: choice ?? 'keep',
  };
}

function keyOf({ kind, rule_id, rollout_id, setting }: RevertConflict): string {
  return `${kind} ${rule_id ?? rollout_id ?? setting ?? ''}`;
}

type RevertConflictsProps = Readonly<{
  conflicts: readonly RevertConflict[];
  onChoose: (conflicts: readonly RevertConflict[]) => void;
}>;

/** For each later change of the same thing: what is there now is kept, or what was there before is taken. */
export function RevertConflicts({ conflicts, onChoose }: RevertConflictsProps) {
  const choose = (choice: 'keep' | 'take', which: (one: RevertConflict) => boolean = () => true) =>
    onChoose(conflicts.map((one) => (which(one) ? { ...one, choice } : one)));
  return (
    <section className={css['conflicts']} role="alert">
      <h3>Changed since</h3>
      {conflicts.map((conflict) => {
        const { kind, seq, at, actor, before, now, choice } = conflict;
        const name = nameOf(conflict);
        const is = (one: RevertConflict) => one === conflict;
        return (
          <div key={keyOf(conflict)} role="group" aria-label={name}>
            <p>
              <b>{name}</b> {kind === 'context_features' ? 'were' : 'was'} changed by{' '}
              <Link to="/changes/$seq" params={{ seq: String(seq) }}>
                change {seq} of {actor}
              </Link>
              , <Time at={at} />
            </p>
            {before !== undefined && now !== undefined && (
              <Difference changes={[changeTo(conflict)]} label={`${name}, if it is taken back`} />
            )}
            <p className={css['choices']}>
              <Button size="small" aria-pressed={choice === 'keep'} onClick={() => choose('keep', is)}>
                Keep what is there now
              </Button>
              <Button size="small" aria-pressed={choice === 'take'} onClick={() => choose('take', is)}>
                Take what was there before
              </Button>
            </p>
          </div>
        );
      })}
      {conflicts.length > 1 && (
        <p className={css['choices']}>
          <Button size="small" onClick={() => choose('keep')}>
            Keep all
          </Button>
          <Button size="small" onClick={() => choose('take')}>
            Take all
          </Button>
        </p>
      )}
    </section>
  );
}

function nameOf({ kind, rule_id, rollout_id, setting }: RevertConflict): string {
  if (kind === 'rule') return `Rule ${rule_id}`;
  if (kind === 'rollout') return `Rollout ${rollout_id}`;
  return kind === 'setting' ? `The setting ${setting}` : 'The context features';
}

/** What taking it back does to what is there now. */
function changeTo({ kind, rule_id, rollout_id, before, now }: RevertConflict): Change {
  const [old, next] = [now, before] as (Readonly<Record<string, unknown>> | null)[];
  const { setting, feature_values } = { ...(old ?? next) };
  const op = old === null ? 'created' : next === null ? 'deleted' : 'changed';
  return { kind, op, rule_id, rollout_id, setting, feature_values, old, new: next } as unknown as Change;
}
