import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.js';
import { formatContext } from '../api/context-text.js';
import { type Exact } from '../api/exact.js';
import { keys } from '../api/queries.js';
import { type components } from '../api/schema.js';
import { Conditions } from '../matrix/conditions.js';
import { Note } from '../matrix/note.js';
import { type Evaluated } from '../matrix/try-context.js';
import { Value } from '../matrix/value.js';
import { usePathPart } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Chip } from '../ui/chip.js';
import { Failure } from '../ui/failure.js';
import { Empty, Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { Table, type TableColumn } from '../ui/table.js';
import { OtherValue } from './other-value.js';
import css from './values.module.css';

type Rule = Exact<components['schemas']['ListedRule']>;

/** Everything that names one value of a context feature, over all settings, and what whoever has it gets. */
export function ValuesPage() {
  const feature = usePathPart('feature');
  const value = usePathPart('value');
  return (
    <Page
      title={`${feature} ${value}`}
      trail={<Link to="/features">Context features</Link>}
      heading={
        <>
          {feature} <code dir="auto">{value}</code>
        </>
      }
      actions={
        <Link to="/try" search={{ ctx: formatContext({ [feature]: value }) }}>
          Try this context
        </Link>
      }
    >
      <div className={css['columns']}>
        <Named feature={feature} value={value} />
        <Gets feature={feature} value={value} />
      </div>
    </Page>
  );
}

function Named({ feature, value }: Readonly<{ feature: string; value: string }>) {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [...keys.rules, 'by', feature, value],
    queryFn: async ({ pageParam, signal }) => {
      const query = { feature, value, limit: 200, ...(pageParam !== null && { cursor: pageParam }) };
      return (await request('get', '/api/v1/rules', { query, signal })).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  const rules = data?.pages.flatMap((page) => page.rules);
  return (
    <section>
      <h2>Rules that name it</h2>
      {error !== null && rules === undefined && <Failure error={error} retry={() => void refetch()} />}
      {rules === undefined && error === null && <Skeleton rows={4} />}
      {rules?.length === 0 && <Empty title="No rule names it">Rollouts may, among their members.</Empty>}
      {rules !== undefined && rules.length > 0 && (
        <Table caption="Rules" columns={RULE_COLUMNS} rows={rules} keyOf={({ rule_id }) => String(rule_id)} />
      )}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>Load more</Button>}
      {rules !== undefined && rules.length > 0 && !hasNextPage && (
        <OtherValue feature={feature} value={value} rules={rules} />
      )}
    </section>
  );
}

const RULE_COLUMNS: TableColumn<Rule>[] = [
  {
    title: 'Setting',
    cell: ({ setting, rule_id }) => (
      <Link to="/settings/$name" params={{ name: setting }} search={{ row: `rule-${rule_id}` }} className={css['name']}>
        {setting}
      </Link>
    ),
  },
  {
    title: 'Where',
    cell: ({ feature_values }) => (
      <Conditions conditions={feature_values.map(([name = '', one = '']) => [name, one] as const)} />
    ),
  },
  { title: 'Value', cell: ({ value }) => <Value value={value} most={80} /> },
  { title: 'Note', cell: ({ metadata }) => <Note metadata={metadata} /> },
];

/** What a context of this value alone gets, where that is not the default. */
function Gets({ feature, value }: Readonly<{ feature: string; value: string }>) {
  const { data: answer, error } = useQuery({
    queryKey: [...keys.evaluations, 'non_default', feature, value],
    queryFn: ({ signal }) =>
      request('post', '/api/v1/evaluate', { body: { context: { [feature]: value }, only: 'non_default' }, signal }),
  });
  const settings = answer !== undefined && 'settings' in answer.data ? Object.entries(answer.data.settings) : undefined;
  return (
    <section>
      <h2>What it gets</h2>
      <p className={css['lead']}>With nothing else known of the context. All other settings give their default.</p>
      {error !== null && <Failure error={error} />}
      {settings?.length === 0 && <Empty title="The defaults" />}
      {settings !== undefined && settings.length > 0 && (
        <Table caption="Values" columns={GETS_COLUMNS} rows={settings} keyOf={([name]) => name} />
      )}
    </section>
  );
}

const GETS_COLUMNS: TableColumn<readonly [string, Evaluated]>[] = [
  {
    title: 'Setting',
    cell: ([name]) => (
      <Link to="/settings/$name" params={{ name }} className={css['name']}>
        {name}
      </Link>
    ),
  },
  { title: 'Value', cell: ([, { value }]) => <Value value={value} most={80} /> },
  {
    title: 'By',
    cell: ([, { reason, rule_id, rollout_id }]) => (
      <Chip>{reason === 'RULE' ? `rule ${rule_id}` : `rollout ${rollout_id}`}</Chip>
    ),
  },
];
