import { type KeyboardEvent, useId } from 'react';
import { Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { percentageOf } from './share-form.js';
import css from './rollout.module.css';

const TICKS = [0, 1, 5, 10, 25, 50, 100];

type ShareFieldProps = Readonly<{
  label: string;
  pointer: string;
  value: string;
  onChange: (percentage: string) => void;
}>;

/** A percentage to three decimals: by ticks, by a slider (arrows 1, with Shift 10, with Alt 0.1) or as a number. */
export function ShareField({ label, pointer, value, onChange }: ShareFieldProps) {
  const id = useId();
  const percentage = percentageOf(value);
  const onKeyDown = (event: KeyboardEvent) => {
    const sign = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    if (sign === undefined || percentage === undefined) return;
    event.preventDefault();
    const step = event.altKey ? 0.1 : event.shiftKey ? 10 : 1;
    onChange(String(Math.min(100, Math.max(0, Math.round((percentage + sign * step) * 1_000) / 1_000))));
  };
  return (
    <div className={css['share']}>
      <Field
        label={label}
        pointer={pointer}
        error={percentage === undefined ? 'from 0 to 100, with at most three decimals' : undefined}
      >
        <div className={css['number']}>
          <input
            id={id}
            type="range"
            aria-label={`${label}, slider`}
            min={0}
            max={100}
            step="any"
            value={percentage ?? 0}
            onChange={(event) => onChange(String(Math.round(Number(event.target.value))))}
            onKeyDown={onKeyDown}
          />
          <Input
            className={css['percent']}
            value={value}
            inputMode="decimal"
            autoComplete="off"
            onChange={(event) => onChange(event.target.value)}
          />
          <span>%</span>
        </div>
      </Field>
      <div className={css['ticks']} role="group" aria-label={`${label}: usual ones`}>
        {TICKS.map((tick) => (
          <Button key={tick} size="small" aria-pressed={percentage === tick} onClick={() => onChange(String(tick))}>
            {tick} %
          </Button>
        ))}
      </div>
    </div>
  );
}
