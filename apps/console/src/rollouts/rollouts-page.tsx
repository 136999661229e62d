import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.js';
import { type Exact } from '../api/exact.js';
import { keys } from '../api/queries.js';
import { type components } from '../api/schema.js';
import { Conditions } from '../matrix/conditions.js';
import { Ramp } from '../matrix/ramp.js';
import { Share } from '../matrix/share.js';
import { Value } from '../matrix/value.js';
import { Variants } from '../matrix/variants.js';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Chip } from '../ui/chip.js';
import { Failure } from '../ui/failure.js';
import { Empty, Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { useSlot } from '../ui/slots.js';
import { Table, type TableColumn } from '../ui/table.js';
import { Time } from '../ui/time.js';
import css from './rollouts.module.css';

type Rollout = Exact<components['schemas']['RolloutAnswer']>;

const STATES = ['ramping', 'scheduled', 'partial', 'members_only', 'on', 'off', 'unreadable'] as const;

/** In words, with the kind of chip. */
const WORDS = {
  ramping: ['ramping', 'accent'],
  scheduled: ['scheduled', 'accent'],
  partial: ['partial', 'plain'],
  members_only: ['listed only', 'plain'],
  on: ['everyone', 'good'],
  off: ['off', 'bad'],
  unreadable: ['unreadable', 'bad'],
} as const;

/** All rollouts of all settings, by state. */
export function RolloutsPage() {
  const { state } = useSearchTexts();
  const setSearch = useSetSearch();
  const chosen = state?.split(',') ?? [];
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [...keys.rollouts, 'pages', state],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: 100, state, ...(pageParam !== null && { cursor: pageParam }) };
      return (await request('get', '/api/v1/rollouts', { query, signal })).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  const rollouts = data?.pages.flatMap((page) => page.rollouts);
  const total = data?.pages[0]?.total;
  return (
    <Page title="Rollouts" aside={total !== undefined && <span role="status">{total.toLocaleString('en')} found</span>}>
      <div className={css['states']} role="group" aria-label="States">
        {STATES.map((one) => {
          const isChosen = chosen.includes(one);
          const next = isChosen ? chosen.filter((other) => other !== one) : [...chosen, one];
          return (
            <Button
              key={one}
              size="small"
              aria-pressed={isChosen}
              className={isChosen ? (css['chosen'] ?? '') : ''}
              onClick={() => setSearch({ state: next.join(',') || undefined })}
            >
              {WORDS[one][0]}
            </Button>
          );
        })}
      </div>
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {rollouts === undefined && error === null && <Skeleton rows={6} />}
      {rollouts?.length === 0 && (
        <Empty title="No rollouts">{chosen.length > 0 && <p>None is in such a state.</p>}</Empty>
      )}
      {rollouts !== undefined && rollouts.length > 0 && <RolloutsTable rollouts={rollouts} />}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>Load more</Button>}
    </Page>
  );
}

function RolloutsTable({ rollouts }: Readonly<{ rollouts: readonly Rollout[] }>) {
  const Actions = useSlot('rolloutActions');
  const columns: TableColumn<Rollout>[] = [
    {
      title: 'Setting',
      cell: ({ setting, rollout_id }) => (
        <>
          <Link
            to="/settings/$name"
            params={{ name: setting }}
            search={{ row: `rollout-${rollout_id}` }}
            className={css['setting']}
          >
            {setting}
          </Link>{' '}
          <Link
            to="/settings/$name/rollouts/$id"
            params={{ name: setting, id: String(rollout_id) }}
            className={css['id']}
          >
            rollout {rollout_id}
          </Link>
        </>
      ),
    },
    {
      title: 'State',
      cell: ({ state, next_change }) => (
        <>
          <Chip kind={WORDS[state][1]}>{WORDS[state][0]}</Chip>
          {next_change !== null && (
            <span className={css['next']}>
              {state === 'scheduled' ? 'begins' : 'ends'} <Time at={next_change} />
            </span>
          )}
        </>
      ),
    },
    { title: 'For', cell: (rollout) => <Share line={rollout} steps={[]} /> },
    { title: 'Where', cell: ({ feature_values }) => <Conditions conditions={Object.entries(feature_values)} /> },
    { title: 'Ramp', cell: ({ ramp }) => ramp !== undefined && <Ramp ramp={ramp} isSmall /> },
    {
      title: 'Value',
      cell: ({ value, variants }) =>
        variants !== undefined ? (
          <Variants variants={variants} />
        ) : (
          value !== undefined && <Value value={value} most={60} />
        ),
    },
    ...(Actions === undefined
      ? []
      : [
          {
            title: 'Actions',
            cell: (rollout: Rollout) => <Actions id={rollout.rollout_id} setting={rollout.setting} />,
          },
        ]),
  ];
  return <Table caption="Rollouts" columns={columns} rows={rollouts} keyOf={({ rollout_id }) => String(rollout_id)} />;
}
