import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type SettingView } from '../api/queries.js';
import { cx } from '../ui/cx.js';
import { useSlot } from '../ui/slots.js';
import { usePrinting } from '../ui/use-printing.js';
import { DefaultRow } from './default-row.js';
import { FindingRow } from './finding-row.js';
import { GroupHead } from './group-row.js';
import { type GroupRow, groupedRows } from './groups.js';
import { LineRow } from './line-row.js';
import { isOverride, type MatrixRow, rowsOf } from './lines.js';
import css from './matrix.module.css';
import { deciderOf, type Tried } from './try-context.js';
import { useVisible } from './use-visible.js';

type MatrixProps = Readonly<{
  setting: SettingView;
  columns: readonly string[];
  tried: readonly Tried[];
  /** The key of the line that the address names. */
  marked: string | undefined;
  jump: Jump | undefined;
  onMark: (key: string) => void;
}>;

/** Somebody goes to a line that was not there, in a closed group or out of sight: it takes the focus. Another time, it is another object. */
export type Jump = Readonly<{ to: string }>;

/** From here on lines can be filtered. */
const FILTERED_FROM = 12;

/** The lines of a setting in order of precedence: the first that matches decides. One table, the most specific feature at the right. */
export const Matrix = memo(function Matrix({ setting, columns, tried, marked, jump, onMark }: MatrixProps) {
  const [filter, setFilter] = useState('');
  const isPrinting = usePrinting();
  const lines = useMemo(() => rowsOf(setting, filter), [setting, filter]);
  const { rows, toggle } = useGroups(lines, columns, {
    isWhole: isPrinting || filter !== '',
    tried,
    marked,
  });
  const table = useRef<HTMLTableElement>(null);
  const { visible, before, after, scrollTo } = useVisible(rows, table, isPrinting);
  const hasActions = useSlot('lineActions') !== undefined;
  const shape = {
    columns,
    hasActions,
    width: columns.length + 3 + Number(hasActions),
  };
  const shared = useMemo(
    () => new Set(setting.lines.flatMap((line) => (line.kind === 'rollout' ? [line.feature] : []))),
    [setting],
  );
  const go = useCallback((key: string) => focusRow(table.current, rows, key, scrollTo), [rows, scrollTo]);
  useShown(marked, rows, table, scrollTo);
  // A filter that hides it gives way.
  useEffect(() => setFilter(''), [jump]);
  useJump(jump, rows, go);
  const digits = String(setting.lines.length + setting.lines_omitted + 1).length;
  const active = rows.some(({ key }) => key === marked) ? marked : rows.find(({ kind }) => kind === 'line')?.key;
  return (
    <div className={css['matrix']}>
      {setting.lines.length >= FILTERED_FROM && (
        <input
          dir="auto"
          type="search"
          className={css['filter']}
          value={filter}
          placeholder={`Filter ${setting.lines.length.toLocaleString('en')} lines by condition or value`}
          aria-label="Filter lines"
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      <table
        ref={table}
        className={css['table']}
        role="table"
        aria-rowcount={rows.length + 2}
        data-compared={tried.length > 1}
      >
        <caption className="visually-hidden">
          Rules and rollouts of {setting.name}; the first that matches decides
        </caption>
        <colgroup>
          <col className={css['position']} style={{ '--digits': digits } as React.CSSProperties} />
          {columns.map((feature) => (
            <col key={feature} className={cx(shared.has(feature) && css['shareColumn'])} />
          ))}
          <col className={css['valueColumn']} />
          <col className={css['noteColumn']} />
          {hasActions && <col className={css['actionsColumn']} />}
        </colgroup>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            <Heading>#</Heading>
            {columns.map((feature) => (
              <Heading key={feature}>{feature}</Heading>
            ))}
            <Heading>value</Heading>
            <Heading>note</Heading>
            {hasActions && (
              <Heading className={css['actions']}>
                <span className="visually-hidden">actions</span>
              </Heading>
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          <Spacer height={before} />
          {visible.map(({ row, index, measure }) => {
            const place = { index, measure, width: shape.width };
            if (row.kind === 'finding') return <FindingRow key={row.key} row={row} {...place} />;
            if (row.kind === 'group') return <GroupHead key={row.key} row={row} onToggle={toggle} {...place} />;
            return (
              <LineRow
                key={row.key}
                {...{ row, index, measure, setting, tried, columns, onMark, go, rows }}
                isMarked={row.key === marked}
                isActive={row.key === active}
              />
            );
          })}
          <Spacer height={after} />
          {filter === '' && (
            <DefaultRow
              setting={setting}
              tried={tried}
              shape={shape}
              isOverridden={setting.lines.some(isOverride)}
              index={rows.length}
            />
          )}
        </tbody>
      </table>
      {filter !== '' && rows.length === 0 && <p className={css['nothing']}>No line has “{filter}”.</p>}
      {setting.lines_omitted > 0 && (
        <p className={css['nothing']}>
          {setting.lines_omitted.toLocaleString('en')} more lines, which come after these, are not listed here
          {filter !== '' && ', nor looked through'}. They decide all the same: try a context, or look for one of its
          values.
        </p>
      )}
    </div>
  );
});

type Shown = Readonly<{ isWhole: boolean; tried: readonly Tried[]; marked: string | undefined }>;

/** Lines under headings; those that are marked or decide are shown in any case. */
function useGroups(lines: readonly MatrixRow[], columns: readonly string[], { isWhole, tried, marked }: Shown) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (key: string) =>
      setToggled((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key])),
    [],
  );
  const shown = [marked ?? '', ...tried.map(({ evaluated }) => deciderOf(evaluated))].join('\n');
  const rows = useMemo(
    (): readonly (MatrixRow | GroupRow)[] =>
      isWhole ? lines : groupedRows(lines, columns, toggled, new Set(shown.split('\n'))),
    [isWhole, lines, columns, toggled, shown],
  );
  return { rows, toggle };
}

function Heading({ children, className }: Readonly<{ children: React.ReactNode; className?: string | undefined }>) {
  return (
    <th scope="col" role="columnheader" className={className}>
      {children}
    </th>
  );
}

/** Stands for rows that are out of sight. */
function Spacer({ height }: Readonly<{ height: number }>) {
  return height === 0 ? null : (
    <tr aria-hidden>
      <td className={css['spacer']} style={{ height }} />
    </tr>
  );
}

/** Scrolls to the line that the address names, once for each, where it has not the focus already. */
function useShown(
  marked: string | undefined,
  rows: readonly (MatrixRow | GroupRow)[],
  table: React.RefObject<HTMLTableElement | null>,
  scrollTo: (index: number) => void,
): void {
  const shown = useRef<string>(undefined);
  useEffect(() => {
    const index = rows.findIndex(({ key }) => key === marked);
    if (marked === shown.current || index === -1) return;
    shown.current = marked;
    const line = lineIn(table.current, rows[index]?.key ?? '');
    if (line === null) scrollTo(index);
    else if (!line.contains(document.activeElement)) line.scrollIntoView({ block: 'nearest' });
  }, [marked, rows, table, scrollTo]);
}

/** Puts the focus on the line that was jumped to, once for each jump, as soon as it has a row. */
function useJump(jump: Jump | undefined, rows: readonly (MatrixRow | GroupRow)[], go: (key: string) => void): void {
  const done = useRef<Jump>(undefined);
  useEffect(() => {
    if (jump === undefined || jump === done.current || rows.every(({ key }) => key !== jump.to)) return;
    done.current = jump;
    go(jump.to);
  }, [jump, rows, go]);
}

function lineIn(table: HTMLTableElement | null, key: string): HTMLElement | null {
  return table?.querySelector(`[data-line="${CSS.escape(key)}"]`) ?? null;
}

/** Moves the focus to the line of a key, which may be out of sight. */
function focusRow(
  table: HTMLTableElement | null,
  rows: readonly (MatrixRow | GroupRow)[],
  key: string,
  scrollTo: (index: number) => void,
): void {
  const found = lineIn(table, key);
  if (found !== null) return found.focus();
  scrollTo(rows.findIndex((row) => row.key === key));
  requestAnimationFrame(() => requestAnimationFrame(() => lineIn(table, key)?.focus()));
}
