import { Link } from '@tanstack/react-router';
import { Conditions } from '../matrix/conditions.js';
import { cx } from '../ui/cx.js';
import { changedParts, type Parts } from './changed-part.js';
import css from './difference.module.css';
import { bySetting, type Change, type Row, rowsOf } from './rows.js';

type DifferenceProps = Readonly<{
  changes: readonly Change[];
  /** On the page of a setting it need not be named. */
  isOfSetting?: boolean;
  label: string;
}>;

/** Changes as lines: `+` came, `-` went, `~` is another now; each setting once. */
export function Difference({ changes, isOfSetting = false, label }: DifferenceProps) {
  const rows = bySetting(changes.flatMap((change) => rowsOf(change)));
  return <DifferenceRows rows={rows} isOfSetting={isOfSetting} label={label} />;
}

export function DifferenceRows({
  rows,
  isOfSetting,
  label,
}: Readonly<{ rows: readonly Row[]; isOfSetting: boolean; label: string }>) {
  return (
    <table className={css['table']} role="table">
      <caption className="visually-hidden">{label}</caption>
      <colgroup>
        <col className={css['sign']} />
        <col className={css['subject']} />
        <col className={css['where']} />
        <col />
      </colgroup>
      <thead className="visually-hidden" role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">
            What became of it
          </th>
          <th scope="col" role="columnheader">
            What
          </th>
          <th scope="col" role="columnheader">
            For whom
          </th>
          <th scope="col" role="columnheader">
            From and to
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row, index) => (
          <DifferenceRow
            key={index}
            row={row}
            isNamed={!isOfSetting && row.setting !== undefined && row.setting !== rows[index - 1]?.setting}
          />
        ))}
      </tbody>
    </table>
  );
}

const SIGNS = { '+': 'added', '-': 'removed', '~': 'changed' } as const;
const LOOKS = { '+': 'came', '-': 'went', '~': 'other' } as const;

function DifferenceRow({ row, isNamed }: Readonly<{ row: Row; isNamed: boolean }>) {
  const { sign, setting, conditions, part, from, to } = row;
  return (
    <>
      {isNamed && setting !== undefined && (
        <tr className={css['setting']} role="row">
          <th scope="rowgroup" role="rowheader" colSpan={4}>
            <Link to="/settings/$name" params={{ name: setting }}>
              {setting}
            </Link>
          </th>
        </tr>
      )}
      <tr className={css[LOOKS[sign]]} role="row">
        <td role="cell" className={css['sign']}>
          <span aria-hidden>{sign === '-' ? '−' : sign}</span>
          <span className="visually-hidden">{SIGNS[sign]}</span>
        </td>
        <td role="cell" className={css['subject']}>
          <Subject row={row} />
          {part !== undefined && <span className={css['part']}> {part}</span>}
        </td>
        <td role="cell" className={css['where']}>
          {conditions !== undefined && part !== 'conditions' && <Conditions conditions={conditions} />}
        </td>
        <td role="cell" className={css['values']}>
          <Values from={from} to={to} sign={sign} />
        </td>
      </tr>
    </>
  );
}

function Subject({ row: { setting, line, subject, sign } }: Readonly<{ row: Row }>) {
  if (line === undefined || setting === undefined || sign === '-') return <>{subject}</>;
  return (
    <Link to="/settings/$name" params={{ name: setting }} search={{ row: line }}>
      {subject}
    </Link>
  );
}

/** Longer values stand one below the other. */
const LONG = 80;

function Values({ from, to, sign }: Readonly<{ from: string | undefined; to: string | undefined; sign: Row['sign'] }>) {
  if (sign === '-' || to === undefined)
    return from === undefined ? null : (
      <del dir="auto" className={css['from']}>
        {from}
      </del>
    );
  if (from === undefined)
    return (
      <ins dir="auto" className={css['to']}>
        {to}
      </ins>
    );
  const [before, now] = changedParts(from, to);
  return (
    <span className={cx(from.length + to.length > LONG && css['long'])}>
      <del dir="auto" className={css['from']}>
        <Marked parts={before} />
      </del>
      <span className={css['arrow']} aria-hidden>
        {' → '}
      </span>
      <span className="visually-hidden"> became </span>
      <ins dir="auto" className={css['to']}>
        <Marked parts={now} />
      </ins>
    </span>
  );
}

function Marked({ parts: { before, middle, after } }: Readonly<{ parts: Parts }>) {
  const isWhole = before === '' && after === '';
  return (
    <>
      {before}
      {middle !== '' && (isWhole ? middle : <mark className={css['mark']}>{middle}</mark>)}
      {after}
    </>
  );
}
