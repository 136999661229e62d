import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { jsonEquals } from '@heksher/core';
import { request } from '../api/client.js';
import { type ContextValues, formatContext } from '../api/context-text.js';
import { keys } from '../api/queries.js';
import { type Evaluated, LETTERS } from '../matrix/try-context.js';
import { Value } from '../matrix/value.js';
import { Failure } from '../ui/failure.js';
import { Empty } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { Table, type TableColumn } from '../ui/table.js';
import css from './try.module.css';

type Row = Readonly<{ name: string; values: readonly (Evaluated | undefined)[] }>;

/** More are not put on a page. */
const SHOWN = 300;

type TryResultsProps = Readonly<{
  contexts: readonly ContextValues[];
  isDifferencesOnly: boolean;
  onDifferencesOnly: (isOn: boolean) => void;
}>;

/** All settings of which one of the contexts does not get the default. */
export function TryResults({ contexts, isDifferencesOnly, onDifferencesOnly }: TryResultsProps) {
  const isKnown = contexts.some((context) => Object.keys(context).length > 0);
  const { data: answer, error } = useQuery({
    queryKey: [...keys.evaluations, 'all', contexts],
    queryFn: ({ signal }) =>
      request('post', '/api/v1/evaluate', {
        body: { contexts: contexts.map((context) => ({ ...context })), only: 'non_default' },
        signal,
      }),
    enabled: isKnown,
    placeholderData: keepPreviousData,
  });
  if (!isKnown) return null;
  if (error !== null) return <Failure error={error} />;
  if (answer === undefined) return <Skeleton rows={6} />;
  const evaluations = 'evaluations' in answer.data ? answer.data.evaluations : [];
  const names = [...new Set(evaluations.flatMap(({ settings }) => Object.keys(settings)))].sort();
  const rows = names.map((name): Row => ({ name, values: evaluations.map(({ settings }) => settings[name]) }));
  const shown = isDifferencesOnly && contexts.length > 1 ? rows.filter(isDifferent) : rows;
  return (
    <section className={css['results']}>
      <header className={css['resultsHead']}>
        <h2>
          <span role="status">
            {shown.length.toLocaleString('en')} {shown.length === 1 ? 'setting does' : 'settings do'} not give the
            default
          </span>
        </h2>
        {contexts.length > 1 && (
          <label className={css['check']}>
            <input
              type="checkbox"
              checked={isDifferencesOnly}
              onChange={(event) => onDifferencesOnly(event.target.checked)}
            />
            only where they differ
          </label>
        )}
      </header>
      {shown.length === 0 ? (
        <Empty title="The defaults">
          No rule or rollout decides for {contexts.length > 1 ? 'these contexts' : 'this context'}.
        </Empty>
      ) : (
        <Table
          caption="Values"
          columns={columnsFor(contexts)}
          rows={shown.slice(0, SHOWN)}
          keyOf={({ name }) => name}
        />
      )}
      {shown.length > SHOWN && <p className={css['lead']}>and {(shown.length - SHOWN).toLocaleString('en')} more</p>}
    </section>
  );
}

function isDifferent({ values }: Row): boolean {
  const [first, ...others] = values;
  return others.some((other) => {
    if (first === undefined || other === undefined) return first !== other;
    return !jsonEquals(first.value, other.value);
  });
}

function columnsFor(contexts: readonly ContextValues[]): TableColumn<Row>[] {
  const isCompared = contexts.length > 1;
  return [
    {
      title: 'Setting',
      width: '30%',
      cell: ({ name }) => (
        <Link
          to="/settings/$name"
          params={{ name }}
          search={{
            ctx: formatContext(contexts[0] ?? {}),
            vs: isCompared
              ? contexts
                  .slice(1)
                  .map((one) => formatContext(one) ?? '-')
                  .join(';')
              : undefined,
          }}
          className={css['name']}
        >
          {name}
        </Link>
      ),
    },
    ...contexts.map((_, index) => ({
      title: isCompared ? (LETTERS[index] ?? '') : 'Value',
      cell: ({ values }: Row) => <Got evaluated={values[index]} />,
    })),
  ];
}

function Got({ evaluated }: Readonly<{ evaluated: Evaluated | undefined }>) {
  if (evaluated === undefined) return <span className={css['soft']}>default</span>;
  const { reason, rule_id, rollout_id } = evaluated;
  return (
    <>
      <Value value={evaluated.value} most={80} />{' '}
      <small className={css['soft']}>{reason === 'RULE' ? `rule ${rule_id}` : `rollout ${rollout_id}`}</small>
    </>
  );
}
