import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { type Entry } from '../difference/rows.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Empty } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { EntryCard } from './entry-card.js';
import css from './history.module.css';
import { type HistoryFilter, historyQuery, isOfLine } from './history-query.js';

type TimelineProps = Readonly<{
  filter: HistoryFilter;
  /** Only changes of this line of the setting, such as `rule-7`. */
  line?: string | undefined;
  /** Instead of entries where there are none. */
  nothing: ReactNode;
}>;

/** What was changed, newest first, by days. */
export function Timeline({ filter, line, nothing }: TimelineProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    historyQuery(filter),
  );
  if (error !== null && data === undefined) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={6} />;
  const all = data.pages.flatMap(({ entries }) => entries);
  const entries = line === undefined ? all : all.flatMap((entry) => ofLine(entry, line));
  return (
    <>
      {entries.length === 0 && !hasNextPage && <Empty title="Nothing was changed">{nothing}</Empty>}
      {daysOf(entries).map(({ day, entries: ofDay }) => (
        <section key={day} className={css['day']} aria-label={day}>
          <h2 className={css['date']}>{day}</h2>
          {ofDay.map((entry) => (
            <EntryCard key={entry.seq} entry={entry} setting={filter.setting} />
          ))}
        </section>
      ))}
      {hasNextPage && (
        <Button isPending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older changes
        </Button>
      )}
    </>
  );
}

function ofLine(entry: Entry, line: string): readonly Entry[] {
  const changes = entry.changes.filter((change) => isOfLine(change, line));
  return changes.length === 0 ? [] : [{ ...entry, changes, changes_omitted: 0 }];
}

const DAY = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

/** In local time, as people remember days. */
function daysOf(entries: readonly Entry[]): readonly Readonly<{ day: string; entries: readonly Entry[] }>[] {
  const days = new Map<string, Entry[]>();
  const today = DAY.format(new Date());
  for (const entry of entries) {
    const day = DAY.format(new Date(entry.at));
    const ofDay = days.get(day) ?? [];
    ofDay.push(entry);
    days.set(day, ofDay);
  }
  return [...days].map(([day, ofDay]) => ({ day: day === today ? 'Today' : day, entries: ofDay }));
}
