import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { request } from '../api/client.js';
import { useReadOnly } from '../api/config.js';
import { keys } from '../api/queries.js';
import { ADVICE } from '../matrix/finding-row.js';
import { useSearchTexts } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Chip } from '../ui/chip.js';
import { Failure } from '../ui/failure.js';
import { Empty, Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { DeleteChosen } from './delete-chosen.js';
import { deletableLine, type Found } from './deletable.js';
import css from './findings.module.css';

/** What lint finds in all settings, by kind: what does nothing, or may not be meant. */
export function FindingsPage() {
  const { kind } = useSearchTexts();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    queryKey: [...keys.lint, kind],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: 200, kind, ...(pageParam !== null && { cursor: pageParam }) };
      return (await request('get', '/api/v1/lint', { query, signal })).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const mayChoose = useReadOnly() === undefined;
  const groups = useMemo(() => groupByKind(data?.pages.flatMap(({ findings }) => findings) ?? []), [data]);
  return (
    <Page title="Findings" aside={kind !== undefined && <KindChip kind={kind} />}>
      <p className={css['lead']}>
        What does nothing, or may not be meant. What is said never to decide is proved; not all that never decides is
        found.
      </p>
      {error !== null && data === undefined && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton rows={6} />}
      {groups.map(([name, findings]) => (
        <section key={name} className={css['group']}>
          <h2>
            {TITLES[name] ?? name} <span className={css['count']}>{findings.length.toLocaleString('en')}</span>
          </h2>
          {mayChoose && <ChooseAll findings={findings} chosen={chosen} onChoose={choose} />}
          {ADVICE[name] !== undefined && <p className={css['advice']}>{ADVICE[name]}</p>}
          <ul className={css['list']}>
            {findings.map(({ setting, about, message, kind: found }, index) => (
              <li key={index}>
                {mayChoose && <Choice line={deletableLine({ kind: found, about })} chosen={chosen} onChoose={choose} />}
                <Link
                  to="/settings/$name"
                  params={{ name: setting }}
                  search={about === null ? {} : { row: `${about.kind}-${about.id}` }}
                >
                  {setting}
                </Link>
                <span>{message}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {groups.length === 0 && data !== undefined && !hasNextPage && (
        <Empty title="Nothing is found">Every line does something.</Empty>
      )}
      <DeleteChosen chosen={chosen} onDone={() => choose(new Set())} />
      {hasNextPage && (
        <Button isPending={isFetching} onClick={() => void fetchNextPage()}>
          Look further
        </Button>
      )}
    </Page>
  );
}

type ChoiceProps = Readonly<{
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}>;

/** Keeps its place where the line cannot be chosen. */
function Choice({ line, chosen, onChoose }: ChoiceProps & Readonly<{ line: string | undefined }>) {
  if (line === undefined) return null;
  const next = () =>
    onChoose(new Set(chosen.has(line) ? [...chosen].filter((one) => one !== line) : [...chosen, line]));
  return (
    <label className={css['choice']}>
      <input type="checkbox" checked={chosen.has(line)} onChange={next} />
      <span>{line.replace('-', ' ')}</span>
    </label>
  );
}

/** All of a kind at once, where their lines can be deleted. */
function ChooseAll({ findings, chosen, onChoose }: ChoiceProps & Readonly<{ findings: readonly Found[] }>) {
  const lines = findings.flatMap((found) => deletableLine(found) ?? []);
  if (lines.length < 2) return null;
  const isAll = lines.every((line) => chosen.has(line));
  const next = () =>
    onChoose(isAll ? new Set([...chosen].filter((one) => !lines.includes(one))) : new Set([...chosen, ...lines]));
  return (
    <Button size="small" aria-pressed={isAll} onClick={next}>
      Choose all that are listed
    </Button>
  );
}

function KindChip({ kind }: Readonly<{ kind: string }>) {
  return (
    <>
      <Chip kind="accent">{TITLES[kind] ?? kind}</Chip> <Link to="/findings">all kinds</Link>
    </>
  );
}

function groupByKind(findings: readonly Found[]): readonly (readonly [kind: string, findings: readonly Found[]])[] {
  const groups = new Map<string, Found[]>();
  for (const finding of findings) groups.set(finding.kind, [...(groups.get(finding.kind) ?? []), finding]);
  return [...groups].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
}

const TITLES: Readonly<Record<string, string>> = {
  unreadable: 'Nobody can read it',
  unfit_value: 'Not of the type',
  never_wins: 'Never decides',
  wins_only_without_feature: 'Decides only where a feature is unknown',
  similar_values: 'Values that look alike',
  repeats_overridden: 'Changes nothing',
  repeats_default: 'Says what the default says',
  rollout_at_zero: 'Rollouts at 0 %',
  rollout_at_hundred: 'Rollouts at 100 %',
  rollout_disabled: 'Rollouts that are off',
  ramp_finished: 'Ramps that ended',
  not_checked: 'Too large to be compared',
};
const ORDER = Object.keys(TITLES);
