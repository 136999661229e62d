import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { Ramp } from '../matrix/ramp.js';
import { Time, useNow } from '../ui/time.js';
import css from './overview.module.css';

const MARKS = [25, 50, 75];

/** Ramps under way. */
export function Moving() {
  const { data: answer } = useQuery({
    queryKey: [...keys.rollouts, 'moving'],
    queryFn: ({ signal }) =>
      request('get', '/api/v1/rollouts', { query: { state: 'ramping,scheduled', limit: 10 }, signal }),
  });
  const rollouts = answer?.data.rollouts ?? [];
  const total = answer?.data.total ?? 0;
  return (
    <section className={css['card']}>
      <header className={css['cardHead']}>
        <h2>Moving</h2>
        <Link to="/rollouts">all rollouts</Link>
      </header>
      {rollouts.map(({ rollout_id, setting, ramp, percentage_now }) => (
        <div key={rollout_id} className={css['moving']}>
          <Link
            to="/settings/$name"
            params={{ name: setting }}
            search={{ row: `rollout-${rollout_id}` }}
            className={css['setting']}
          >
            {setting}
          </Link>
          {ramp !== undefined && <Ramp ramp={ramp} isSmall />}
          <b>{Math.round(percentage_now * 10) / 10} %</b>
          {ramp !== undefined && <Marks ramp={ramp} now={percentage_now} />}
        </div>
      ))}
      {total > rollouts.length && (
        <p className={css['soft']}>and {(total - rollouts.length).toLocaleString('en')} more</p>
      )}
      {answer !== undefined && rollouts.length === 0 && <p className={css['soft']}>No ramp is under way.</p>}
    </section>
  );
}

type Marked = Readonly<{ start: string; end: string; from: number; to: number }>;

/** When it begins, comes to the next quarter, and ends. */
function Marks({ ramp: { from, to, start, end }, now }: Readonly<{ ramp: Marked; now: number }>) {
  const nowMs = useNow();
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  const next = MARKS.find((one) => one > Math.max(now, from) && one < to);
  return (
    <span className={css['soft']}>
      {startMs > nowMs && (
        <>
          begins <Time at={startMs} />,{' '}
        </>
      )}
      {next !== undefined && (
        <>
          {next} % <Time at={startMs + ((next - from) / (to - from)) * (endMs - startMs)} />,{' '}
        </>
      )}
      {to} % <Time at={endMs} />
    </span>
  );
}
