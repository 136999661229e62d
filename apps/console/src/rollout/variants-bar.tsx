import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Fragment, type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { IconButton } from '../ui/button.js';
import { type VariantForm } from './rollout-form.js';
import css from './rollout.module.css';
import { weightsOf, withBoundaryMoved } from './weights.js';

type VariantsBarProps = Readonly<{
  variants: readonly VariantForm[];
  /** Called with a weight for each. */
  onChange: (weights: readonly number[]) => void;
}>;

/**
 * The shares of variants, and between two of them a handle: dragged, or moved by arrows (by 1 %, with Shift by 10 %). Below it
 * are buttons that do the same.
 */
export function VariantsBar({ variants, onChange }: VariantsBarProps) {
  const bar = useRef<HTMLDivElement>(null);
  // A drag moves from what was there when it began: else what is rounded would add up.
  const begun = useRef<Readonly<{ x: number; weights: readonly number[] }>>(undefined);
  const weights = weightsOf(variants.map(({ weight }) => weight));
  const sum = weights?.reduce((total, weight) => total + weight, 0) ?? 0;
  const move = (index: number, share: number, from = weights) => {
    if (from === undefined) return;
    const next = withBoundaryMoved(from, index, share);
    if (next.some((weight, place) => weight !== weights?.[place])) onChange(next);
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const sign = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const end = { Home: -1, End: 1 }[event.key];
    if (sign === undefined && end === undefined) return;
    event.preventDefault();
    move(index, end ?? (sign ?? 0) * (event.shiftKey ? 0.1 : 0.01));
  };
  const onPointerMove = (event: PointerEvent, index: number) => {
    const width = bar.current?.clientWidth ?? 0;
    if (begun.current === undefined || width === 0) return;
    move(index, (event.clientX - begun.current.x) / width, begun.current.weights);
  };
  return (
    <>
      <div ref={bar} className={css['bar']}>
        {variants.map(({ id, name, weight }, index) => {
          const next = variants[index + 1];
          const place = weights?.slice(0, index + 1).reduce((total, one) => total + one, 0) ?? 0;
          return (
            <Fragment key={id}>
              <span aria-hidden style={{ flexGrow: Number(weight) || 0 }} data-shade={index % 4}>
                {name}
              </span>
              {next !== undefined && weights !== undefined && (
                <span
                  role="slider"
                  tabIndex={0}
                  className={css['handle']}
                  aria-label={`Between ${name} and ${next.name}`}
                  aria-valuemin={0}
                  aria-valuemax={100}
                  aria-valuenow={Math.round((place / sum) * 1_000) / 10}
                  aria-valuetext={`${name} ${percent(weights[index], sum)}, ${next.name} ${percent(weights[index + 1], sum)}`}
                  onKeyDown={(event) => onKeyDown(event, index)}
                  onPointerDown={(event) => {
                    event.currentTarget.setPointerCapture(event.pointerId);
                    begun.current = { x: event.clientX, weights };
                  }}
                  onPointerMove={(event) => onPointerMove(event, index)}
                  onPointerUp={() => (begun.current = undefined)}
                  onPointerCancel={() => (begun.current = undefined)}
                />
              )}
            </Fragment>
          );
        })}
      </div>
      {weights !== undefined && (
        <div className={css['boundaries']}>
          {variants.slice(1).map(({ id, name }, index) => (
            <span key={id} role="group" aria-label={`Between ${variants[index]?.name} and ${name}, by 1 %`}>
              {variants[index]?.name}
              <IconButton
                label={`Less of ${variants[index]?.name}, more of ${name}`}
                onClick={() => move(index, -0.01)}
              >
                <ChevronLeft aria-hidden />
              </IconButton>
              <IconButton label={`More of ${variants[index]?.name}, less of ${name}`} onClick={() => move(index, 0.01)}>
                <ChevronRight aria-hidden />
              </IconButton>
              {name}
            </span>
          ))}
        </div>
      )}
    </>
  );
}

function percent(weight = 0, sum: number): string {
  return `${Math.round((weight / sum) * 1_000) / 10} %`;
}
