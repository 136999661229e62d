import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useConfig } from '../api/config.js';
import { parseContext } from '../api/context-text.js';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Failure } from '../ui/failure.js';
import { Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { useSlot } from '../ui/slots.js';
import { columnsNamed } from './columns.js';
import { ContextBar } from './context-bar.js';
import { FilterLine } from './filter-line.js';
import { formatFilter, parseFilter } from './filter-text.js';
import { ListMenu } from './list-menu.js';
import { NothingFound } from './nothing-found.js';
import { SettingsTable } from './settings-table.js';
import { settingsPages } from './settings-query.js';
import css from './settings.module.css';

/** All settings, filtered and sorted by the service, page after page as one scrolls. */
export function SettingsPage() {
  const { owner_key } = useConfig();
  const { q, sort = 'name', cols, ctx } = useSearchTexts();
  const setSearch = useSetSearch();
  const filter = useMemo(() => parseFilter(q ?? ''), [q]);
  const columns = useMemo(() => columnsNamed(cols), [cols]);
  const context = useMemo(() => (ctx === undefined ? undefined : parseContext(ctx)), [ctx]);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    settingsPages(
      filter,
      sort,
      owner_key,
      columns.some(({ id }) => id === 'changed'),
    ),
  );
  const settings = useMemo(() => data?.pages.flatMap((page) => page.settings), [data]);
  const total = data?.pages[0]?.total;
  const Actions = useSlot('listActions');
  return (
    <Page
      title="Settings"
      aside={total !== undefined && <span role="status">{total.toLocaleString('en')} found</span>}
      actions={
        <>
          <ListMenu columns={columns} filter={filter} sort={sort} isContextOpen={context !== undefined} />
          {Actions !== undefined && <Actions />}
        </>
      }
    >
      <FilterLine
        line={q ?? ''}
        filter={filter}
        onChange={(line) => setSearch({ q: line === '' ? undefined : line })}
      />
      {context !== undefined && <ContextBar context={context} />}
      {error !== null && settings === undefined && <Failure error={error} retry={() => void refetch()} />}
      {settings === undefined && error === null && <Skeleton rows={12} />}
      {settings !== undefined && settings.length > 0 && (
        <SettingsTable
          settings={settings}
          total={total ?? settings.length}
          columns={columns}
          sort={sort}
          filter={filter}
          context={context}
          onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
        />
      )}
      {settings?.length === 0 && <NothingFound line={formatFilter(filter)} text={filter.text} />}
      {settings !== undefined && hasNextPage && (
        <p className={css['more']}>
          <button type="button" className={css['moreButton']} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Load more'}
          </button>
        </p>
      )}
    </Page>
  );
}
