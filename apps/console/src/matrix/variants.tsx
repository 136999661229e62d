import { type RolloutLine } from '../api/queries.js';
import { Value } from './value.js';
import css from './variants.module.css';

/** Among which values a rollout divides its units: a bar, and each with its share in words. */
export function Variants({ variants }: Readonly<{ variants: NonNullable<RolloutLine['variants']> }>) {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  let x = 0;
  return (
    <span className={css['variants']}>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden className={css['bar']}>
        {variants.map(({ name, weight }, index) => {
          const width = (weight / total) * 100;
          x += width;
          return <rect key={name} x={x - width} width={width} height="4" className={css[`shade${index % 4}`]} />;
        })}
      </svg>
      {variants.slice(0, 4).map(({ name, value, weight }, index) => (
        <span key={name} className={css['variant']}>
          <svg viewBox="0 0 8 8" aria-hidden className={css['dot']}>
            <circle cx="4" cy="4" r="4" className={css[`shade${index % 4}`]} />
          </svg>
          <span className={css['name']}>{name}</span> <Value value={value} most={40} />
          <small>{Math.round((weight / total) * 1_000) / 10} %</small>
        </span>
      ))}
      {variants.length > 4 && <small>and {variants.length - 4} more</small>}
    </span>
  );
}
