import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.js';
import { useConfig } from '../api/config.js';
import { keys } from '../api/queries.js';
import { LeftBehind } from './left-behind.js';
import css from './overview.module.css';

const WORDS: Readonly<Record<string, string>> = {
  never_wins: 'never decide',
  wins_only_without_feature: 'decide only where a feature is unknown',
  repeats_overridden: 'change nothing',
  repeats_default: 'say what the default says',
  rollout_at_zero: 'are rollouts at 0 %',
  rollout_at_hundred: 'are rollouts at 100 %',
  rollout_disabled: 'are rollouts that are off',
  ramp_finished: 'are ramps that ended',
  unfit_value: 'are not of the type',
  similar_values: 'look alike',
  unreadable: 'are unreadable',
  not_checked: 'were too large to check',
};

const PAGE = 500;

/** Findings by kind, and settings that nobody owns. */
export function LookAtThis() {
  const { owner_key } = useConfig();
  const { data: ownerless } = useQuery({
    queryKey: [...keys.settings, 'ownerless'],
    queryFn: ({ signal }) => request('get', '/api/v1/settings', { query: { without: owner_key, limit: 1 }, signal }),
  });
  const nobodys = ownerless !== undefined && 'total' in ownerless.data ? ownerless.data.total : 0;
  const { data: answer } = useQuery({
    queryKey: [...keys.lint, 'overview'],
    queryFn: ({ signal }) => request('get', '/api/v1/lint', { query: { limit: PAGE }, signal }),
  });
  const counts = new Map<string, number>();
  for (const { kind } of answer?.data.findings ?? []) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const isPartial = answer !== undefined && answer.data.next_cursor !== null;
  return (
    <section className={css['card']}>
      <header className={css['cardHead']}>
        <h2>Look at this</h2>
        <Link to="/findings">all findings</Link>
      </header>
      <ul className={css['counts']}>
        {[...counts]
          .sort(([, a], [, b]) => b - a)
          .map(([kind, count]) => (
            <li key={kind}>
              <Link to="/findings" search={{ kind }}>
                <b>
                  {count.toLocaleString('en')}
                  {isPartial && '+'}
                </b>{' '}
                {WORDS[kind] ?? kind}
              </Link>
            </li>
          ))}
        {nobodys > 0 && (
          <li>
            <Link to="/settings" search={{ q: 'no:owner' }}>
              <b>{nobodys.toLocaleString('en')}</b> {nobodys === 1 ? 'setting has' : 'settings have'} no owner
            </Link>
          </li>
        )}
      </ul>
      <LeftBehind />
      {answer !== undefined && counts.size === 0 && <p className={css['soft']}>Every line does something.</p>}
    </section>
  );
}
