import { useQuery } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { parseContext } from '../api/context-text.js';
import { settingQuery } from '../api/queries.js';
import { columnsOf, findingsOfAll, summaryOf } from '../matrix/lines.js';
import { type Jump, Matrix } from '../matrix/matrix.js';
import { LETTERS, useTried } from '../matrix/try-context.js';
import { usePathPart, useSearchTexts, useSetSearch } from '../ui/address.js';
import css from './rules-tab.module.css';
import { TryPanel } from './try-panel.js';

/** The matrix, and beside it the contexts that are tried. */
export function RulesTab() {
  const name = usePathPart('name');
  const { data: answer } = useQuery(settingQuery(name));
  const setting = answer?.data;
  const { ctx, vs, row, at } = useSearchTexts();
  const setSearch = useSetSearch();
  const contexts = useMemo(
    () => [ctx, ...(vs === undefined ? [] : vs.split(';'))].slice(0, LETTERS.length).map(parseContext),
    [ctx, vs],
  );
  const known = useMemo(() => contexts.filter((context) => Object.keys(context).length > 0), [contexts]);
  const { tried, error, isPending } = useTried(name, known, at);
  // Of very many lines: what the context gets is there first, then the lines light up, and typing goes on meanwhile.
  const lit = useDeferredValue(tried);
  const columns = useMemo(() => (setting === undefined ? [] : columnsOf(setting)), [setting]);
  const page = useRef<HTMLDivElement>(null);
  const mark = useCallback((key: string) => setSearch({ row: key }), [setSearch]);
  const [jump, setJump] = useState<Jump>();
  const jumpTo = useCallback(
    (key: string) => {
      const line = page.current?.querySelector<HTMLElement>(`[data-line="${CSS.escape(key)}"]`);
      if (line != null) {
        line.scrollIntoView({ block: 'center' });
        return line.focus();
      }
      // In a group that is closed, or out of sight: the matrix shows what is marked.
      mark(key);
      setJump({ to: key });
    },
    [mark],
  );
  if (setting === undefined) return null;
  return (
    <div className={css['tab']} ref={page}>
      <div className={css['main']}>
        <p className={css['lead']}>
          <b>{summaryOf(setting)}.</b>{' '}
          {columns.length > 1 && setting.lines.length > 1 && (
            <>
              The first line that matches decides. Lines with a condition further to the right come first:{' '}
              <b>{columns.at(-1)}</b> is the most specific.
            </>
          )}
        </p>
        {findingsOfAll(setting).map(({ message }) => (
          <p key={message} className={css['finding']}>
            {message}
          </p>
        ))}
        <Matrix setting={setting} columns={columns} tried={lit} marked={row} jump={jump} onMark={mark} />
      </div>
      <TryPanel
        setting={setting}
        features={columns}
        contexts={contexts}
        tried={tried}
        error={error}
        isPending={isPending}
        onJump={jumpTo}
      />
    </div>
  );
}
