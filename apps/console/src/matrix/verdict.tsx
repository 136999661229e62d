import { Fragment, useDeferredValue, useMemo } from 'react';
import { formatContext } from '../api/context-text.js';
import { type SettingView } from '../api/queries.js';
import { Chip } from '../ui/chip.js';
import { cx } from '../ui/cx.js';
import { couldBe } from './could-be.js';
import { deciderOf, type Step, stepKey, type Tried } from './try-context.js';
import { Value } from './value.js';
import css from './verdict.module.css';

type VerdictProps = Readonly<{
  tried: Tried;
  setting: SettingView;
  /** Shown where several are compared. */
  hasLetter: boolean;
  onJump: (key: string) => void;
}>;

/** What a context gets, what decided and why, how that came about, and what it could get were more of it known. */
export function Verdict({ tried, setting, hasLetter, onJump }: VerdictProps) {
  const { evaluated, letter, context } = tried;
  const key = deciderOf(evaluated);
  return (
    <section className={css['verdict']} aria-label={`Value for ${formatContext(context) ?? 'nobody in particular'}`}>
      <p className={css['head']}>
        {hasLetter && <b className={css['letter']}>{letter}</b>}
        <Value value={evaluated.value} isBig />
        <button type="button" className={css['jump']} onClick={() => onJump(key)}>
          <Chip>{key === 'default' ? 'default' : key.replace('-', ' ')}</Chip>
        </button>
        {evaluated.variant !== undefined && <Chip kind="accent">variant {evaluated.variant}</Chip>}
      </p>
      <p dir="auto">{evaluated.why}</p>
      <Others setting={setting} tried={tried} onJump={onJump} />
      <details className={css['how']}>
        <summary>How it was decided</summary>
        <ol>
          {evaluated.steps?.map((step) => (
            <StepItem key={stepKey(step)} step={step} />
          ))}
        </ol>
        {(evaluated.omitted ?? 0) > 0 && <p>{evaluated.omitted?.toLocaleString('en')} more lines do not match.</p>}
      </details>
    </section>
  );
}

function StepItem({ step }: Readonly<{ step: Step }>) {
  return (
    <li value={step.position} className={cx(step.outcome === 'decides' && css['winner'])}>
      <b>{stepKey(step).replace('-', ' ')}</b> {step.value !== undefined && <Value value={step.value} most={60} />}
      <br />
      <bdi className={css['why']}>{step.why}</bdi>
    </li>
  );
}

const SHOWN = 8;

function Others({ setting, tried, onJump }: Pick<VerdictProps, 'setting' | 'tried' | 'onJump'>) {
  // What the context gets is shown first: of very many lines this takes a while.
  const settled = useDeferredValue<Tried | null>(tried, null);
  const others = useMemo(() => {
    if (settled === null) return [];
    const decider = deciderOf(settled.evaluated);
    return couldBe(setting, settled.context).filter(({ key }) => key !== decider);
  }, [setting, settled]);
  if (others.length === 0) return null;
  return (
    <div className={css['others']}>
      <h3>Could also be</h3>
      <ul>
        {others.slice(0, SHOWN).map(({ key, values, given }) => (
          <li key={key}>
            <button type="button" className={css['other']} onClick={() => onJump(key)}>
              {values.slice(0, 3).map((value, index) => (
                <Value key={index} value={value} most={40} isInside />
              ))}
              {values.length > 3 && ' …'}
            </button>{' '}
            if{' '}
            {given.map((one, index) => (
              <Fragment key={one}>
                {index > 0 && ' and '}
                <bdi>{one}</bdi>
              </Fragment>
            ))}
          </li>
        ))}
      </ul>
      {others.length > SHOWN && <p>and by {others.length - SHOWN} more lines</p>}
    </div>
  );
}
