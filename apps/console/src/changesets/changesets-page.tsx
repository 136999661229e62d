import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { useChangeSetDraft } from '../api/change-set-draft.js';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Button, buttonClass } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Empty, Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { Table, type TableColumn } from '../ui/table.js';
import { Time } from '../ui/time.js';
import css from './changesets.module.css';
import { changesetsQuery, type ListedChangeset, type State } from './changeset-queries.js';
import { StateChip, STATES } from './state-chip.js';
import { sizeOf } from './draft-size.js';

/** Change sets, newest first. */
export function ChangesetsPage() {
  const { state } = useSearchTexts();
  const setSearch = useSetSearch();
  const draft = useChangeSetDraft();
  const id = useId();
  const known = STATES.find((one) => one === state);
  return (
    <Page
      title="Change sets"
      actions={
        draft.length > 0 && (
          <Link to="/change-sets/new" className={buttonClass('primary')}>
            Review {sizeOf(draft)}
          </Link>
        )
      }
    >
      <p className={css['row']}>
        <label htmlFor={id}>State</label>
        <select
          id={id}
          className={css['input']}
          value={known ?? ''}
          onChange={(event) => setSearch({ state: event.target.value || undefined }, true)}
        >
          <option value="">any</option>
          {STATES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </p>
      <List state={known} />
    </Page>
  );
}

function List({ state }: Readonly<{ state: State | undefined }>) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    changesetsQuery(state),
  );
  if (error !== null && data === undefined) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={4} />;
  const changesets = data.pages.flatMap((page) => page.changesets);
  if (changesets.length === 0)
    return (
      <Empty title={state === undefined ? 'There are no change sets' : `None is ${state}`}>
        <p>
          Where a line is edited, “Add to change set” begins one: many changes as one, reviewed, scheduled, undone as
          one.
        </p>
      </Empty>
    );
  return (
    <>
      <Table
        caption="Change sets, newest first"
        columns={COLUMNS}
        rows={changesets}
        keyOf={({ changeset_id }) => String(changeset_id)}
      />
      {hasNextPage && (
        <Button isPending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older ones
        </Button>
      )}
    </>
  );
}

const COLUMNS: readonly TableColumn<ListedChangeset>[] = [
  {
    title: 'Set',
    width: '40%',
    cell: ({ changeset_id: id, message }) => (
      <Link to="/change-sets/$id" params={{ id: String(id) }}>
        {message ?? `Change set ${id}`}
      </Link>
    ),
  },
  { title: 'State', cell: ({ state }) => <StateChip state={state} /> },
  { title: 'By', cell: ({ author }) => author ?? 'unknown' },
  { title: 'Made', cell: ({ created_at }) => <Time at={created_at} /> },
  { title: 'Applies', cell: (changeset) => <Applies changeset={changeset} /> },
];

/** By which change it was applied, or when it will be. */
function Applies({ changeset: { seq, apply_at } }: Readonly<{ changeset: ListedChangeset }>) {
  if (seq === null) return apply_at !== null && <Time at={apply_at} />;
  return (
    <Link to="/changes/$seq" params={{ seq: String(seq) }}>
      change {seq}
    </Link>
  );
}
