import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { Failure } from '../ui/failure.js';
import { Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { FirstSteps } from './first-steps.js';
import { Lately } from './lately.js';
import { LookAtThis } from './look-at-this.js';
import { Mine } from './mine.js';
import { Moving } from './moving.js';
import css from './overview.module.css';

/** What happened lately, what is moving by the clock, what should be looked at. */
export function OverviewPage() {
  const {
    data: answer,
    error,
    refetch,
  } = useQuery({
    queryKey: [...keys.settings, 'count'],
    queryFn: ({ signal }) => request('get', '/api/v1/settings', { query: { limit: 1 }, signal }),
  });
  const total = answer !== undefined && 'total' in answer.data ? answer.data.total : undefined;
  return (
    <Page
      title="Overview"
      aside={total !== undefined && `${total.toLocaleString('en')} ${total === 1 ? 'setting' : 'settings'}`}
    >
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {answer === undefined && error === null && <Skeleton rows={6} />}
      {total === 0 && <FirstSteps />}
      {total !== undefined && total > 0 && (
        <div className={css['overview']}>
          <Lately />
          <div className={css['side']}>
            <Moving />
            <LookAtThis />
            <Mine />
          </div>
        </div>
      )}
    </Page>
  );
}
