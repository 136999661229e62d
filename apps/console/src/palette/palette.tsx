import { Dialog } from '@base-ui/react/dialog';
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import { cx } from '../ui/cx.js';
import css from './palette.module.css';
import { type Entry, useEntries } from './entries.js';

/** Where to go or what to do, by typing. The keys stay in the box; the list is told by `aria-activedescendant`. */
export function Palette({ onClose }: Readonly<{ onClose: () => void }>) {
  const [text, setText] = useState('');
  const { entries, isSearching } = useEntries(text.trim());
  const [at, setAt] = useState(0);
  useEffect(() => setAt(0), [text]);
  const id = useId();
  const groups = useMemo(() => groupsOf(entries), [entries]);
  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    onClose();
    entry.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && entries.length > 0) {
      event.preventDefault();
      setAt((at + step + entries.length) % entries.length);
    }
    if (event.key === 'Enter') choose(entries[at]);
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={css['backdrop']} />
        <Dialog.Popup className={css['popup']} aria-label="Search and commands">
          <input
            dir="auto"
            autoFocus
            className={css['box']}
            role="combobox"
            aria-expanded
            aria-controls={`${id}-list`}
            aria-activedescendant={entries.length > 0 ? `${id}-${at}` : undefined}
            aria-label="Search settings, values, rules and pages"
            placeholder="A setting, account=jim, rule 7, a page…"
            value={text}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <div className={css['list']} role="listbox" id={`${id}-list`} aria-label="Found">
            {groups.map(([group, members]) => (
              <div key={group} role="group" aria-label={group}>
                <p className={css['group']} aria-hidden>
                  {group}
                </p>
                {members.map(({ entry, index }) => (
                  <div
                    key={index}
                    id={`${id}-${index}`}
                    role="option"
                    aria-selected={index === at}
                    className={cx(css['entry'], index === at && css['at'])}
                    onPointerMove={() => setAt(index)}
                    onClick={() => choose(entry)}
                  >
                    {entry.icon}
                    <span>{entry.title}</span>
                    {entry.hint !== undefined && <small>{entry.hint}</small>}
                  </div>
                ))}
              </div>
            ))}
          </div>
          <p className={css['foot']} role="status">
            {entries.length === 0 ? (
              isSearching ? (
                'Searching…'
              ) : (
                `Nothing is called “${text}”`
              )
            ) : (
              <>↑ ↓ to choose, Enter to go, Esc to leave</>
            )}
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type Numbered = Readonly<{ entry: Entry; index: number }>;

function groupsOf(entries: readonly Entry[]): readonly (readonly [string, readonly Numbered[]])[] {
  const groups = new Map<string, Numbered[]>();
  entries.forEach((entry, index) => groups.set(entry.group, [...(groups.get(entry.group) ?? []), { entry, index }]));
  return [...groups];
}
