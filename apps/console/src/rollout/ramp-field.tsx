import { Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { useNow } from '../ui/time.js';
import { shareNow } from './moved.js';
import { RampChart, sentence } from './ramp-chart.js';
import { type ShareForm } from './share-form.js';
import css from './rollout.module.css';

type Ramp = Extract<ShareForm, { kind: 'ramp' }>;
type RampFieldProps = Readonly<{ ramp: Ramp; onChange: (share: ShareForm) => void }>;

const HOUR = 3_600_000;
const PRESETS: readonly (readonly [string, number])[] = [
  ['in an hour', HOUR],
  ['in a day', 24 * HOUR],
  ['in a week', 7 * 24 * HOUR],
  ['in a month', 30 * 24 * HOUR],
];

/** A share that moves by the clock, with its line. */
export function RampField({ ramp, onChange }: RampFieldProps) {
  const nowMs = useNow();
  const now = shareNow(ramp, nowMs);
  const set = (to: Partial<Ramp>) => onChange({ ...ramp, ...to });
  return (
    <div className={css['ramp']}>
      <div className={css['pair']}>
        <Field label="From, %" pointer="/ramp/from">
          <Input value={ramp.from} inputMode="decimal" onChange={(event) => set({ from: event.target.value })} />
        </Field>
        <Field label="To, %" pointer="/ramp/to">
          <Input value={ramp.to} inputMode="decimal" onChange={(event) => set({ to: event.target.value })} />
        </Field>
        <Field label="Starts" pointer="/ramp/start">
          <Input
            type="datetime-local"
            value={localOf(ramp.start)}
            onChange={(event) => set({ start: instantOf(event.target.value) })}
          />
        </Field>
        <Field label="Ends" pointer="/ramp/end">
          <Input
            type="datetime-local"
            value={localOf(ramp.end)}
            onChange={(event) => set({ end: instantOf(event.target.value) })}
          />
        </Field>
      </div>
      <div className={css['ticks']} role="group" aria-label="From now on">
        {PRESETS.map(([name, ms]) => (
          <Button
            key={name}
            size="small"
            onClick={() => {
              const begin = Date.now();
              set({
                start: new Date(begin).toISOString(),
                end: new Date(begin + ms).toISOString(),
                to: '100',
                from: String(now ?? 0),
              });
            }}
          >
            To 100 % {name}
          </Button>
        ))}
      </div>
      <p>{sentence(ramp, nowMs)}</p>
      <RampChart ramp={ramp} />
      {now !== undefined && (
        <div>
          <Button size="small" onClick={() => onChange({ kind: 'fixed', percentage: String(now) })}>
            Stop here, at {now} %
          </Button>
        </div>
      )}
    </div>
  );
}

/** As `datetime-local` has it, in the browser's zone. */
function localOf(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function instantOf(local: string): string {
  return local === '' ? '' : new Date(local).toISOString();
}
