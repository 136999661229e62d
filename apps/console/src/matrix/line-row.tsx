import { CircleCheck } from 'lucide-react';
import { type KeyboardEvent } from 'react';
import { type Line, type SettingView } from '../api/queries.js';
import { cx } from '../ui/cx.js';
import { useSlot } from '../ui/slots.js';
import { Cell } from './cell.js';
import { type GroupRow } from './groups.js';
import { LineChanged } from './line-changed.js';
import { isOverride, lineName, type MatrixRow } from './lines.js';
import { type LineRequest, requestLine } from './line-requests.js';
import css from './matrix.module.css';
import { Note } from './note.js';
import { deciderOf, type Tried } from './try-context.js';
import { Value } from './value.js';
import { Variants } from './variants.js';

type LineRowProps = Readonly<{
  row: Extract<MatrixRow, { kind: 'line' }>;
  rows: readonly (MatrixRow | GroupRow)[];
  index: number;
  measure: ((element: HTMLElement | null) => void) | undefined;
  setting: SettingView;
  columns: readonly string[];
  tried: readonly Tried[];
  isMarked: boolean;
  /** The one row that Tab reaches. */
  isActive: boolean;
  onMark: (key: string) => void;
  go: (key: string) => void;
}>;

export function LineRow({
  row,
  rows,
  index,
  measure,
  setting,
  columns,
  tried,
  isMarked,
  isActive,
  onMark,
  go,
}: LineRowProps) {
  const { line, key, position } = row;
  const Actions = useSlot('lineActions');
  const decided = tried.filter(({ evaluated }) => deciderOf(evaluated) === key);
  const only = tried.length === 1 ? tried[0]?.steps.get(key) : undefined;
  return (
    <tr
      ref={measure}
      role="row"
      data-index={index}
      data-line={key}
      aria-rowindex={index + 2}
      tabIndex={isActive ? 0 : -1}
      className={cx(
        css['line'],
        isMarked && css['marked'],
        decided.length > 0 && css['decides'],
        only?.outcome === 'overridden' && css['overridden'],
      )}
      onFocus={(event) => event.target === event.currentTarget && !isMarked && onMark(key)}
      onKeyDown={(event) => onKey(event, key, rows, go)}
    >
      <td role="cell" className={css['number']} title={lineName(line)}>
        {position}
        <span className="visually-hidden">, {lineName(line)}</span>
      </td>
      {isOverride(line) ? (
        <td role="cell" colSpan={columns.length} className={css['wide']}>
          for everyone else, in place of the default
        </td>
      ) : (
        columns.map((feature) => (
          <td key={feature} role="cell" data-label={feature} data-any={isAny(line, feature) || undefined}>
            <Cell line={line} feature={feature} tried={tried} lineId={key} />
          </td>
        ))
      )}
      <td role="cell" className={css['value']}>
        <LineValue line={line} />
        {decided.length > 0 && <Decides letters={tried.length > 1 ? decided.map(({ letter }) => letter) : []} />}
        {only?.outcome === 'overridden' && <small className={css['soft']}>matches too</small>}
        {only !== undefined && <span className="visually-hidden">. {only.why}</span>}
      </td>
      <td role="cell" className={css['note']}>
        <Note metadata={line.metadata} />
        <div className={css['changed']}>
          <LineChanged change={line.changed} />
        </div>
      </td>
      {Actions !== undefined && (
        <td role="cell" className={css['actions']}>
          <Actions setting={setting} line={line} />
        </td>
      )}
    </tr>
  );
}

function isAny(line: Line, feature: string): boolean {
  if (line.kind === 'rule') return !line.feature_values.some(([name]) => name === feature);
  return line.feature !== feature && line.feature_values[feature] === undefined;
}

function LineValue({ line }: Readonly<{ line: Line }>) {
  if (line.kind === 'rollout' && line.variants !== undefined) return <Variants variants={line.variants} />;
  return line.value === undefined ? <i>unreadable</i> : <Value value={line.value} />;
}

export function Decides({ letters }: Readonly<{ letters: readonly string[] }>) {
  return (
    <span className={css['verdict']}>
      <CircleCheck aria-hidden />
      {letters.length === 0 ? 'decides' : `decides for ${letters.join(', ')}`}
    </span>
  );
}

/** What the keys of a line ask for. */
const ACTIONS: Readonly<Record<string, LineRequest['action']>> = {
  e: 'edit',
  Enter: 'edit',
  d: 'duplicate',
  Delete: 'delete',
};

function onKey(
  event: KeyboardEvent<HTMLElement>,
  key: string,
  rows: readonly (MatrixRow | GroupRow)[],
  go: (key: string) => void,
): void {
  if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
  const lines = rows.filter(({ kind }) => kind === 'line');
  const at = lines.findIndex((row) => row.key === key);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
  const target = to === undefined ? undefined : lines[to];
  if (target !== undefined) {
    event.preventDefault();
    return go(target.key);
  }
  const action = ACTIONS[event.key];
  if (action === undefined) return;
  event.preventDefault();
  requestLine({ action, line: key });
}
