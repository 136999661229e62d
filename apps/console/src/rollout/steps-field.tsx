import { Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { useNow } from '../ui/time.js';
import css from './rollout.module.css';
import { newSteps, type ShareForm, type Steps, stepsOf, UNITS_MS } from './share-form.js';

type StepsFieldProps = Readonly<{
  steps: Steps;
  /** The rollout is off: later steps would find it so, and fail. */
  isOff: boolean;
  onChange: (share: ShareForm) => void;
}>;

const UNITS = Object.keys(UNITS_MS) as (keyof typeof UNITS_MS)[];
const PRESETS = [
  ['an hour', '1', 'hours'],
  ['a day', '1', 'days'],
  ['a week', '7', 'days'],
] as const;
const LOCAL = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** A share that is raised at times, each so long after the one before. */
export function StepsField({ steps, isOff, onChange }: StepsFieldProps) {
  const read = stepsOf(steps, useNow());
  const set = (to: Partial<Steps>) => onChange({ ...steps, ...to });
  return (
    <div className={css['ramp']}>
      {isOff && (
        <p className={css['off']} role="alert">
          <b>It is off: each later step would find it so, and fail.</b> Switch it on first, and then raise it.
        </p>
      )}
      <div className={css['pair']}>
        <Field label="Steps, %" pointer="/percentage">
          <Input value={steps.shares} onChange={(event) => set({ shares: event.target.value })} />
        </Field>
        <Field label="Apart">
          <Input value={steps.every} inputMode="numeric" onChange={(event) => set({ every: event.target.value })} />
        </Field>
        <label className={css['whose']}>
          Unit
          <select
            value={steps.unit}
            onChange={(event) => set({ unit: UNITS.find((unit) => unit === event.target.value) ?? 'days' })}
          >
            {UNITS.map((unit) => (
              <option key={unit}>{unit}</option>
            ))}
          </select>
        </label>
      </div>
      <div className={css['ticks']} role="group" aria-label="Steps by the clock">
        <Button size="small" onClick={() => set({ shares: newSteps(0).shares })}>
          1-5-25-100
        </Button>
        {PRESETS.map(([name, every, unit]) => (
          <Button key={name} size="small" onClick={() => set({ every, unit })}>
            {name} apart
          </Button>
        ))}
      </div>
      {!isOff && typeof read !== 'string' && (
        <ol className={css['steps']} aria-label="When it is raised">
          {read.map(({ percentage, atMs }, index) => (
            <li key={percentage}>
              <b>{percentage} %</b> {index === 0 ? 'when it is saved' : LOCAL.format(atMs)}
            </li>
          ))}
        </ol>
      )}
      <p className={css['soft']}>
        Each later step is a change set that waits for its time. It fails, as do those after it, where the share is not
        what the step before left, or the rollout is off: so whoever moves it or switches it off stops the rest.
      </p>
    </div>
  );
}
