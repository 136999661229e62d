import { useCallback, useMemo, useRef, useState } from 'react';
import { type SettingView } from '../api/queries.js';
import { useSlot } from '../ui/slots.js';
import { DefaultRow } from './default-row.js';
import { FindingRow } from './finding-row.js';
import { LineRow } from './line-row.js';
import { columnsOf, isOverride, type MatrixRow, rowsOf } from './lines.js';
import css from './matrix.module.css';
import { type Tried } from './try-context.js';
import { useVisible } from './use-visible.js';

type MatrixProps = Readonly<{
  setting: SettingView;
  tried: readonly Tried[];
  /** The key of the line that the address names. */
  marked: string | undefined;
  onMark: (key: string) => void;
}>;

/** From here on lines can be filtered. */
const FILTERED_FROM = 12;

/** The lines of a setting in order of precedence: the first that matches decides. One table, the most specific feature at the right. */
export function Matrix({ setting, tried, marked, onMark }: MatrixProps) {
  const [filter, setFilter] = useState('');
  const columns = useMemo(() => columnsOf(setting), [setting]);
  const rows = useMemo(() => rowsOf(setting, filter), [setting, filter]);
  const table = useRef<HTMLTableElement>(null);
  const { visible, before, after, scrollTo } = useVisible(rows, table);
  const hasActions = useSlot('lineActions') !== undefined;
  const hasChanged = useSlot('lineChanged') !== undefined;
  const shape = {
    columns,
    hasActions,
    hasChanged,
    width: columns.length + 3 + Number(hasActions) + Number(hasChanged),
  };
  const go = useCallback((key: string) => focusRow(table.current, rows, key, scrollTo), [rows, scrollTo]);
  const active = rows.some(({ key }) => key === marked) ? marked : rows[0]?.key;
  return (
    <div className={css['matrix']}>
      {setting.lines.length >= FILTERED_FROM && (
        <input
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
          <col className={css['position']} />
          {columns.map((feature) => (
            <col key={feature} />
          ))}
          <col className={css['valueColumn']} />
          <col className={css['noteColumn']} />
          {hasChanged && <col className={css['changedColumn']} />}
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
            {hasChanged && <Heading>changed</Heading>}
            {hasActions && (
              <Heading>
                <span className="visually-hidden">actions</span>
              </Heading>
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          <Spacer height={before} />
          {visible.map(({ row, index, measure }) =>
            row.kind === 'finding' ? (
              <FindingRow key={row.key} {...{ row, index, measure, width: shape.width }} />
            ) : (
              <LineRow
                key={row.key}
                {...{ row, index, measure, setting, tried, columns, onMark, go, rows }}
                isMarked={row.key === marked}
                isActive={row.key === active}
              />
            ),
          )}
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
        <p className={css['nothing']}>{setting.lines_omitted.toLocaleString('en')} more lines are not listed here.</p>
      )}
    </div>
  );
}

function Heading({ children }: Readonly<{ children: React.ReactNode }>) {
  return (
    <th scope="col" role="columnheader">
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

/** Moves the focus to the line of a key, which may be out of sight. */
function focusRow(
  table: HTMLTableElement | null,
  rows: readonly MatrixRow[],
  key: string,
  scrollTo: (index: number) => void,
): void {
  const find = (): HTMLElement | null => table?.querySelector(`[data-line="${key}"]`) ?? null;
  const found = find();
  if (found !== null) return found.focus();
  scrollTo(rows.findIndex((row) => row.key === key));
  requestAnimationFrame(() => requestAnimationFrame(() => find()?.focus()));
}
