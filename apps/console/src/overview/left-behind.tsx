import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { Time, useNow } from '../ui/time.js';
import { leftBehind } from './left.js';
import css from './overview.module.css';

const LOOKED_AT = 1_000;
const SHOWN = 5;

/** Rollouts that could be a default by now, or be deleted. */
export function LeftBehind() {
  const nowMs = useNow();
  const { data: rollouts } = useQuery({
    queryKey: [...keys.rollouts, 'left'],
    queryFn: ({ signal }) =>
      request('get', '/api/v1/rollouts', { query: { state: 'off,on', limit: LOOKED_AT }, signal }),
  });
  const has = (rollouts?.data.rollouts.length ?? 0) > 0;
  const { data: settings } = useQuery({
    queryKey: [...keys.settings, 'left'],
    queryFn: ({ signal }) => {
      const query = { has: 'rollouts', sort: 'changed', include: 'changed', limit: LOOKED_AT } as const;
      return request('get', '/api/v1/settings', { query: { ...query, include_additional_data: 'false' }, signal });
    },
    enabled: has,
  });
  if (rollouts === undefined || settings === undefined || !('total' in settings.data)) return null;
  const left = leftBehind(rollouts.data.rollouts, settings.data.settings, nowMs);
  if (left.length === 0) return null;
  return (
    <div className={css['owned']}>
      <p className={css['soft']}>Rollouts left as they are</p>
      <ul aria-label="Rollouts left as they are">
        {left.slice(0, SHOWN).map(({ id, setting, state, sinceMs }) => (
          <li key={id}>
            <Link
              to="/settings/$name"
              params={{ name: setting }}
              search={{ row: `rollout-${id}` }}
              className={css['setting']}
            >
              {setting}
            </Link>{' '}
            <span className={css['soft']}>
              {state === 'off' ? 'off' : 'for everyone'}, untouched{' '}
              {sinceMs === undefined ? (
                'since the log begins'
              ) : (
                <>
                  since <Time at={sinceMs} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      {left.length > SHOWN && (
        <p className={css['soft']}>
          and{' '}
          <Link to="/rollouts" search={{ state: 'off,on' }}>
            {(left.length - SHOWN).toLocaleString('en')} more
          </Link>
        </p>
      )}
    </div>
  );
}
