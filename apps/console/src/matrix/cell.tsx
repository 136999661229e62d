import { type Line } from '../api/queries.js';
import { cx } from '../ui/cx.js';
import css from './cell.module.css';
import { conditionsOf } from './lines.js';
import { Share } from './share.js';
import { type Tried } from './try-context.js';

type CellProps = Readonly<{ line: Line; feature: string; tried: readonly Tried[]; lineId: string }>;

/** A line's condition on one feature. Where one context is tried, what fails is struck through, and said; what is unknown fulfils nothing either. */
export function Cell({ line, feature, tried, lineId }: CellProps) {
  if (line.kind === 'rollout' && line.feature === feature) {
    const steps = tried.flatMap(({ steps }) => steps.get(lineId) ?? []);
    return <Share line={line} steps={steps} />;
  }
  const value = conditionsOf(line).find(([name]) => name === feature)?.[1];
  if (value === undefined)
    return (
      <span className={css['any']}>
        <span aria-hidden>·</span>
        <span className="visually-hidden">any {feature}</span>
      </span>
    );
  const only = tried.length === 1 ? tried[0] : undefined;
  if (only === undefined) return <bdi className={css['condition']}>{value}</bdi>;
  const given = only.context[feature];
  if (given === value) return <bdi className={cx(css['condition'], css['holds'])}>{value}</bdi>;
  const isKnown = given !== undefined;
  return (
    <span className={cx(css['condition'], isKnown ? css['fails'] : css['unknown'])}>
      <bdi>{isKnown ? <s>{value}</s> : value}</bdi>
      <span className="visually-hidden">{isKnown ? ' does not hold' : `, but ${feature} is unknown`}</span>
    </span>
  );
}
