import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useReadOnly } from '../api/config.js';
import { Difference } from '../difference/difference.js';
import { type Change, counted, type Entry } from '../difference/rows.js';
import { usePathPart, useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { Time } from '../ui/time.js';
import { EntryMenu } from './entry-card.js';
import css from './history.module.css';
import { entryQuery, membersQuery } from './history-query.js';

/** One transaction with all that it changed. */
export function ChangePage() {
  const seq = Number(usePathPart('seq'));
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(entryQuery(seq));
  const entry = data?.pages[0];
  const changes = data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <Page
      title={`Change ${seq}`}
      trail={<Link to="/changes">Changes</Link>}
      aside={
        entry !== undefined && (
          <>
            <strong>{entry.actor}</strong> <Time at={entry.at} />
          </>
        )
      }
      actions={entry !== undefined && <Actions entry={entry} />}
    >
      {error !== null && entry === undefined && <Failure error={error} retry={() => void refetch()} />}
      {entry === undefined && error === null && <Skeleton rows={4} />}
      {entry !== undefined && (
        <div className={css['entry']}>
          {entry.message !== null && <p className={css['message']}>{entry.message}</p>}
          <Difference changes={changes} label="What was changed" />
          {changes.map((change, index) => (
            <Members key={index} seq={seq} change={change} />
          ))}
          {hasNextPage && (
            <Button isPending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show more
            </Button>
          )}
          <Facts entry={entry} />
        </div>
      )}
    </Page>
  );
}

function Actions({ entry }: Readonly<{ entry: Entry }>) {
  const setSearch = useSetSearch();
  const readOnly = useReadOnly();
  return (
    <>
      {readOnly === undefined && (
        <Button onClick={() => setSearch({ revert: String(entry.seq) }, true)}>
          <Undo2 aria-hidden />
          Take it back
        </Button>
      )}
      <EntryMenu entry={entry} isRevertShown={false} />
    </>
  );
}

/** Who became a member of a rollout and who is none any more, on demand: they may be thousands. */
function Members({ seq, change: { rollout_id, members } }: Readonly<{ seq: number; change: Change }>) {
  const [isOpen, open] = useState(false);
  const { data, error } = useQuery({ ...membersQuery(seq, rollout_id ?? 0), enabled: isOpen });
  if (members === undefined || rollout_id === undefined) return null;
  return (
    <details className={css['members']} onToggle={(event) => open(event.currentTarget.open)}>
      <summary>
        Members of rollout {rollout_id}: {counted(members.added)} added, {counted(members.removed)} removed
      </summary>
      {error !== null && <Failure error={error} />}
      {data !== undefined && (
        <p>
          {data.members.added.map((unit) => (
            <ins key={unit}>+ {unit}</ins>
          ))}
          {data.members.removed.map((unit) => (
            <del key={unit}>− {unit}</del>
          ))}
          {data.next_cursor !== null && '…'}
        </p>
      )}
    </details>
  );
}

function Facts({ entry: { revision, request_id } }: Readonly<{ entry: Entry }>) {
  return (
    <p className={css['soft']}>
      Revision <code>{revision}</code>
      {request_id === null ? (
        ', written outside the API'
      ) : (
        <>
          , request <code>{request_id}</code>
        </>
      )}
    </p>
  );
}
