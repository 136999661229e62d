import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';

/** Fewer rows are all there: the browser's search finds them. */
const ALL_UP_TO = 150;

type Visible<Row> = Readonly<{
  visible: readonly Readonly<{
    row: Row;
    index: number;
    measure: ((element: HTMLElement | null) => void) | undefined;
  }>[];
  /** What the rows before and after those take (px). */
  before: number;
  after: number;
  scrollTo: (index: number) => void;
}>;

/** The rows that are in sight, or all where they are few or `isWhole`. */
export function useVisible<Row extends Readonly<{ key: string }>>(
  rows: readonly Row[],
  table: RefObject<HTMLElement | null>,
  isWhole: boolean,
): Visible<Row> {
  const [scrollMargin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = table.current?.getBoundingClientRect().top ?? 0;
    setMargin(top + window.scrollY);
  }, [table, rows.length]);
  const isVirtual = rows.length > ALL_UP_TO && !isWhole;
  const virtualizer = useWindowVirtualizer({
    count: isVirtual ? rows.length : 0,
    estimateSize: () => 44,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    scrollMargin,
  });
  const scrollTo = useCallback((index: number) => virtualizer.scrollToIndex(index, { align: 'center' }), [virtualizer]);
  if (!isVirtual) {
    return {
      visible: rows.map((row, index) => ({ row, index, measure: undefined })),
      before: 0,
      after: 0,
      scrollTo: () => undefined,
    };
  }
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  return {
    visible: items.flatMap(({ index }) => {
      const row = rows[index];
      return row === undefined ? [] : [{ row, index, measure: virtualizer.measureElement }];
    }),
    before: first === undefined ? 0 : first.start - scrollMargin,
    after: last === undefined ? 0 : virtualizer.getTotalSize() - (last.end - scrollMargin),
    scrollTo,
  };
}
