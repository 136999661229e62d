import { memo } from 'react';
import { type Evaluated } from '../matrix/try-context.js';
import { type Column } from './columns.js';
import css from './settings.module.css';
import { type ListedSetting } from './settings-query.js';
import { ValueFor } from './values-for.js';

type RowProps = Readonly<{
  setting: ListedSetting;
  index: number;
  columns: readonly Column[];
  measure: (element: HTMLElement | null) => void;
  top: number;
  isCurrent: boolean;
  text: string;
  ownerKey: string;
  hasValue: boolean;
  evaluated: Evaluated | undefined;
}>;

/** What stays in sight while one scrolls is not rendered again. */
export const SettingsRow = memo(function SettingsRow({
  setting,
  index,
  columns,
  measure,
  top,
  isCurrent,
  hasValue,
  evaluated,
  ...rest
}: RowProps) {
  const [first, ...others] = columns;
  const shown = { setting, ...rest };
  return (
    <div
      ref={measure}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      data-current={isCurrent || undefined}
      className={css['row']}
      style={{ transform: `translateY(${top}px)` }}
    >
      {first !== undefined && <Cell column={first} shown={shown} />}
      {hasValue && (
        <span role="cell" data-title="value here">
          <ValueFor evaluated={evaluated} />
        </span>
      )}
      {others.map((column) => (
        <Cell key={column.id} column={column} shown={shown} />
      ))}
    </div>
  );
});

function Cell({ column, shown }: Readonly<{ column: Column; shown: Parameters<Column['cell']>[0] }>) {
  return (
    <span
      role="cell"
      data-title={column.title.toLowerCase()}
      className={column.isNumber === true ? css['number'] : css['cell']}
    >
      {column.cell(shown)}
    </span>
  );
}
