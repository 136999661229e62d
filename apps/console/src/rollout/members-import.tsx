import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { isApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { forgetAll } from '../api/queries.js';
import { Button } from '../ui/button.js';
import { putAside } from '../ui/put-aside.js';
import { toast } from '../ui/toast.js';
import { type Members, membersOf, readSheet, type Sheet } from './members-text.js';
import css from './rollout.module.css';
import { type keyOf } from './stored-rollout.js';

const PART = 10_000;
const SHOWN = 20;

type Progress = Readonly<{
  sent: number;
  added: number;
  already: number;
  removed: number;
  isPaused: boolean;
  problem?: string;
}>;

/** Members are added or removed from a paste or a file. Nothing is sent before what was read is shown. */
export function MembersImport({ id, about }: Readonly<{ id: number; about: ReturnType<typeof keyOf> }>) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [sheet, setSheet] = useState<Sheet>();
  const [column, setColumn] = useState(0);
  const [hasHeader, setHeader] = useState(false);
  const [progress, setProgress] = useState<Progress>();
  const stop = useRef<'pause' | undefined>(undefined);
  const members = sheet && membersOf(sheet, column, hasHeader);

  const read = (given: string) => {
    const found = readSheet(given);
    setSheet(found);
    setHeader(found.hasHeader);
    setColumn(0);
    setProgress(undefined);
  };
  const run = async (how: 'add' | 'remove', units: readonly string[], begun?: Progress) => {
    let state: Progress = { ...(begun ?? { sent: 0, added: 0, already: 0, removed: 0 }), isPaused: false };
    stop.current = undefined;
    setProgress(state);
    try {
      while (state.sent < units.length && stop.current === undefined) {
        const part = units.slice(state.sent, state.sent + PART);
        const { data } = await request('post', '/api/v1/rollouts/{id}/members', {
          path: { id: id },
          body: how === 'add' ? { add: part } : { remove: part },
        });
        const counts = data as Readonly<{ added: number; already: number; removed: number }>;
        state = {
          ...state,
          sent: state.sent + part.length,
          added: state.added + counts.added,
          already: state.already + counts.already,
          removed: state.removed + counts.removed,
        };
        setProgress(state);
      }
    } catch (error) {
      if (!isApiError(error)) throw error;
      state = { ...state, problem: error.message };
    }
    const isDone = state.sent >= units.length;
    setProgress({ ...state, isPaused: !isDone });
    await forgetAll(client);
    if (!isDone) return;
    toast({
      title:
        how === 'add'
          ? `Added ${state.added.toLocaleString('en')} members`
          : `Removed ${state.removed.toLocaleString('en')} members`,
    });
    setSheet(undefined);
    setText('');
  };
  return (
    <div className={css['form']}>
      <label>
        <b>Add or remove many</b>
        <textarea
          dir="auto"
          className={css['area']}
          placeholder="One id in each line, or CSV"
          value={text}
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            if (event.target.value.trim() === '') setSheet(undefined);
            else read(event.target.value);
          }}
        />
      </label>
      <label className={css['tools']}>
        or a file
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/*"
          onChange={(event) => void event.target.files?.[0]?.text().then(read)}
        />
      </label>
      {sheet !== undefined && members !== undefined && (
        <Preview
          sheet={sheet}
          members={members}
          column={column}
          hasHeader={hasHeader}
          onColumn={setColumn}
          onHeader={setHeader}
          progress={progress}
          onRun={(how) => void run(how, members.units)}
          onPutAside={(how) => {
            putAside({ op: 'change_members', ...about, [how]: members.units });
            setSheet(undefined);
            setText('');
          }}
          onPause={() => (stop.current = 'pause')}
          onResume={(how) => void run(how, members.units, progress)}
        />
      )}
    </div>
  );
}

type PreviewProps = Readonly<{
  sheet: Sheet;
  members: Members;
  column: number;
  hasHeader: boolean;
  onColumn: (column: number) => void;
  onHeader: (hasHeader: boolean) => void;
  progress: Progress | undefined;
  onRun: (how: 'add' | 'remove') => void;
  onPutAside: (how: 'add' | 'remove') => void;
  onPause: () => void;
  onResume: (how: 'add' | 'remove') => void;
}>;

function Preview({
  sheet,
  members,
  column,
  hasHeader,
  onColumn,
  onHeader,
  progress,
  onRun,
  onPutAside,
  onPause,
  onResume,
}: PreviewProps) {
  const [how, setHow] = useState<'add' | 'remove'>('add');
  const { units, repeated, refused } = members;
  const columns = Math.max(...sheet.rows.slice(0, 50).map((row) => row.length), 1);
  const counts = [
    `${units.length.toLocaleString('en')} to ${how}`,
    ...(repeated > 0 ? [`${repeated.toLocaleString('en')} there twice`] : []),
    ...(refused.length > 0 ? [`${refused.length.toLocaleString('en')} refused`] : []),
  ];
  const begin = (what: 'add' | 'remove') => {
    setHow(what);
    onRun(what);
  };
  return (
    <section aria-label="What was read" className={css['form']}>
      <div className={css['tools']}>
        {columns > 1 && (
          <label className={css['whose']}>
            Column
            <select value={column} onChange={(event) => onColumn(Number(event.target.value))}>
              {Array.from({ length: columns }, (_, index) => (
                <option key={index} value={index}>
                  {(hasHeader ? sheet.rows[0]?.[index] : undefined) ?? index + 1}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          <input type="checkbox" checked={hasHeader} onChange={(event) => onHeader(event.target.checked)} /> The first
          line is a header
        </label>
      </div>
      <p role="status">
        <b>{counts.join(', ')}.</b>
      </p>
      <ul className={css['list']} aria-label="The first" tabIndex={0}>
        {units.slice(0, SHOWN).map((unit) => (
          <li key={unit}>{unit}</li>
        ))}
      </ul>
      {units.length > SHOWN && <p className={css['soft']}>And {(units.length - SHOWN).toLocaleString('en')} more.</p>}
      {refused.length > 0 && (
        <details open>
          <summary>Refused lines</summary>
          <ul className={css['list']} aria-label="Refused lines" tabIndex={0}>
            {refused.slice(0, 200).map(({ line, text, reason }) => (
              <li key={line} className={css['bad']}>
                <span>
                  {line}: {text}
                </span>
                <span>{reason}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {progress === undefined ? (
        <div className={css['tools']}>
          <Button kind="primary" disabled={units.length === 0} onClick={() => begin('add')}>
            Add {units.length.toLocaleString('en')}
          </Button>
          <Button disabled={units.length === 0} onClick={() => begin('remove')}>
            Remove {units.length.toLocaleString('en')}
          </Button>
          {units.length > 0 && units.length <= PART && (
            <span className={css['tools']}>
              or in the change set:
              <Button onClick={() => onPutAside('add')}>Add them there</Button>
              <Button onClick={() => onPutAside('remove')}>Remove them there</Button>
            </span>
          )}
        </div>
      ) : (
        <div className={css['form']}>
          <label>
            {progress.sent.toLocaleString('en')} of {units.length.toLocaleString('en')} sent
            <progress className={css['progress']} max={units.length} value={progress.sent} />
          </label>
          {progress.problem !== undefined && <p className={css['bad']}>{progress.problem}</p>}
          <div>
            {progress.isPaused ? (
              <Button onClick={() => onResume(how)}>Go on</Button>
            ) : (
              <Button onClick={onPause}>Pause</Button>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
