import { type RolloutLine } from '../api/queries.js';
import { cx } from '../ui/cx.js';
import { whomAdmits } from './could-be.js';
import css from './share.module.css';
import { type Step } from './try-context.js';

/** The soft condition of a rollout: whom it is for, a bar with its share, and where a tried unit falls. */
export function Share({
  line,
  steps,
}: Readonly<{ line: Omit<RolloutLine, 'kind' | 'position'>; steps: readonly Step[] }>) {
  const isOff = line.state === 'off';
  const [only, other] = steps;
  const outcome = only === undefined || other !== undefined ? undefined : only.outcome;
  const isKeptOut = only?.because === 'bucket';
  return (
    <span
      className={cx(
        css['share'],
        isOff && css['off'],
        outcome === 'does_not_match' && isKeptOut && css['out'],
        outcome !== undefined && outcome !== 'does_not_match' && css['inside'],
      )}
    >
      <span className={css['words']}>
        {isOff ? (
          <b>off</b>
        ) : (
          <>
            {line.percentage_now > 0 && (
              <span>
                <b>{shownShare(line)} %</b> of {line.feature}s
              </span>
            )}
            {line.member_count > 0 && <span>+ {line.member_count.toLocaleString('en')} listed</span>}
            {line.pattern !== null && <code dir="auto">/{line.pattern}/</code>}
            {whomAdmits(line) === 'nobody' && 'nobody'}
          </>
        )}
        {(line.state === 'ramping' || line.state === 'scheduled') && <i className={css['state']}>{line.state}</i>}
      </span>
      <svg className={css['bar']} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden>
        <rect width="100" height="4" className={css['all']} />
        <rect width={isOff ? 0 : line.percentage_now} height="4" className={css['in']} />
        {steps.map(({ bucket, unit }) =>
          bucket === undefined ? null : (
            <rect key={unit} x={Math.min(bucket, 99.2)} width="0.8" height="4" className={css['tick']} />
          ),
        )}
      </svg>
      {steps.map(
        ({ unit, bucket, because }) =>
          unit !== undefined && (
            <small key={unit} className={css['falls']}>
              <bdi>{unit}</bdi> {because === 'member' ? 'is listed' : `falls at ${bucket} %`}
            </small>
          ),
      )}
    </span>
  );
}

/** What is set is exact; what moves is rounded. */
function shownShare({ percentage_now, state }: Pick<RolloutLine, 'percentage_now' | 'state'>): number {
  return state === 'ramping' ? Math.round(percentage_now * 10) / 10 : percentage_now;
}
