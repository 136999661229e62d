import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { Difference } from '../difference/difference.js';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Empty, Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { When } from './filter-bar.js';
import css from './history.module.css';
import { diffQuery } from './history-query.js';

/** What differs between two times, as if all between had been one change. Without `to`, it leads to now. */
export function ComparePage() {
  const { from, to, setting } = useSearchTexts();
  const setSearch = useSetSearch();
  const id = useId();
  return (
    <Page title="Compare" trail={<Link to="/changes">Changes</Link>}>
      <div className={css['filter']}>
        <label htmlFor={`${id}from`}>From</label>
        <When id={`${id}from`} value={from} onChange={(value) => setSearch({ from: value }, true)} />
        {isRevision(from) && <span>revision {from}</span>}
        <label htmlFor={`${id}to`}>to</label>
        <When id={`${id}to`} value={to} onChange={(value) => setSearch({ to: value }, true)} />
        <span>{to === undefined ? 'now' : isRevision(to) ? `revision ${to}` : ''}</span>
        {setting !== undefined && <span>of {setting}</span>}
      </div>
      {from === undefined ? (
        <Empty title="From when?">
          <p>Choose a time: what differs since then stands here.</p>
        </Empty>
      ) : (
        <Differences from={from} to={to} setting={setting} />
      )}
    </Page>
  );
}

function isRevision(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text);
}

type DifferencesProps = Readonly<{ from: string; to: string | undefined; setting: string | undefined }>;

function Differences({ from, to, setting }: DifferencesProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    diffQuery(from, to, setting),
  );
  if (error !== null && data === undefined) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={4} />;
  const changes = data.pages.flatMap((page) => page.changes);
  if (changes.length === 0)
    return (
      <Empty title="Nothing differs">
        <p>What was changed in between is what it was again.</p>
      </Empty>
    );
  return (
    <div className={css['entry']}>
      <Difference changes={changes} label="What differs" />
      {hasNextPage && (
        <Button isPending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}
