import { useNavigate } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useConfig } from '../api/config.js';
import { type ContextValues } from '../api/context-text.js';
import { useSetSearch } from '../ui/address.js';
import { type Column, isSortedBy, nextSort } from './columns.js';
import { type SettingsFilter } from './filter-text.js';
import { useListKeys } from './list-keys.js';
import css from './settings.module.css';
import { type ListedSetting } from './settings-query.js';
import { SettingsRow } from './settings-row.js';
import { useValuesFor } from './values-for.js';

type SettingsTableProps = Readonly<{
  settings: readonly ListedSetting[];
  total: number;
  columns: readonly Column[];
  sort: string;
  filter: SettingsFilter;
  /** For which each row shows its value. */
  context: ContextValues | undefined;
  /** Called when the last rows come into sight. */
  onEnd: () => void;
}>;

/** Rows in sight only; the rest is told by `aria-rowcount`. */
export function SettingsTable({ settings, total, columns, sort, filter, context, onEnd }: SettingsTableProps) {
  const { owner_key } = useConfig();
  const table = useRef<HTMLDivElement>(null);
  const [scrollMargin, setMargin] = useState(0);
  useLayoutEffect(
    () => setMargin((table.current?.getBoundingClientRect().top ?? 0) + window.scrollY),
    [context === undefined],
  );
  const virtualizer = useWindowVirtualizer({
    count: settings.length,
    estimateSize: () => 44,
    getItemKey: (index) => settings[index]?.name ?? index,
    overscan: 10,
    scrollMargin,
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastShown >= settings.length - 20) onEnd();
  }, [lastShown, settings.length, onEnd]);
  const values = useValuesFor(settings, context);
  const navigate = useNavigate();
  const setSearch = useSetSearch();
  const current = useListKeys(settings.length, {
    show: (index) => virtualizer.scrollToIndex(index),
    open: (index) => void navigate({ to: '/settings/$name', params: { name: settings[index]?.name ?? '' } }),
    tryContext: () => setSearch({ ctx: context === undefined ? '-' : undefined }),
  });
  const tracks = columns.map(({ track }) => track);
  const template = (context === undefined ? tracks : [tracks[0], 'minmax(80px, 1.4fr)', ...tracks.slice(1)]).join(' ');
  const [first, ...others] = columns;
  return (
    <div
      ref={table}
      className={css['table']}
      role="table"
      aria-label="Settings"
      aria-rowcount={total + 1}
      style={{ '--columns': template } as React.CSSProperties}
    >
      <div className={css['headRow']} role="row" aria-rowindex={1}>
        {first !== undefined && <Heading column={first} sort={sort} />}
        {context !== undefined && (
          <span role="columnheader" className={css['heading']}>
            Value here
          </span>
        )}
        {others.map((column) => (
          <Heading key={column.id} column={column} sort={sort} />
        ))}
      </div>
      <div className={css['rows']} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const setting = settings[index];
          if (setting === undefined) return null;
          return (
            <SettingsRow
              key={key}
              measure={virtualizer.measureElement}
              top={start - scrollMargin}
              isCurrent={index === current}
              text={filter.text}
              ownerKey={owner_key}
              hasValue={context !== undefined}
              evaluated={values.get(setting.name)}
              {...{ setting, index, columns }}
            />
          );
        })}
      </div>
    </div>
  );
}

function Heading({ column, sort }: Readonly<{ column: Column; sort: string }>) {
  const setSearch = useSetSearch();
  const { sort: by, title } = column;
  const isSorted = by !== undefined && isSortedBy(sort, by);
  const isDown = sort.startsWith('-');
  return (
    <span
      role="columnheader"
      className={column.isNumber === true ? css['number'] : css['heading']}
      aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : undefined}
    >
      {by === undefined ? (
        title
      ) : (
        <button type="button" className={css['sorter']} onClick={() => setSearch({ sort: nextSort(sort, by) })}>
          {title}
          {isSorted && (isDown ? <ArrowDown aria-hidden /> : <ArrowUp aria-hidden />)}
        </button>
      )}
    </span>
  );
}
