import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { Ramp } from '../matrix/ramp.js';
import { Time } from '../ui/time.js';
import css from './overview.module.css';

const MARKS = [25, 50, 75, 100];

/** Ramps under way. */
export function Moving() {
  const { data: answer } = useQuery({
    queryKey: [...keys.rollouts, 'moving'],
    queryFn: ({ signal }) =>
      request('get', '/api/v1/rollouts', { query: { state: 'ramping,scheduled', limit: 10 }, signal }),
  });
  const rollouts = answer?.data.rollouts ?? [];
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
          {ramp !== undefined && <NextMark ramp={ramp} now={percentage_now} />}
        </div>
      ))}
      {answer !== undefined && rollouts.length === 0 && <p className={css['soft']}>No ramp is under way.</p>}
    </section>
  );
}

type Marked = Readonly<{ start: string; end: string; from: number; to: number }>;

/** When the share comes to the next quarter. */
function NextMark({ ramp, now }: Readonly<{ ramp: Marked; now: number }>) {
  const mark = MARKS.find((one) => one > now && one <= ramp.to && ramp.to > ramp.from);
  if (mark === undefined) return null;
  const [startMs, endMs] = [Date.parse(ramp.start), Date.parse(ramp.end)];
  const atMs = startMs + ((mark - ramp.from) / (ramp.to - ramp.from)) * (endMs - startMs);
  return (
    <span className={css['soft']}>
      {mark} % <Time at={atMs} />
    </span>
  );
}
