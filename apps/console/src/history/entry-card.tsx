import { Link } from '@tanstack/react-router';
import { Clock, Ellipsis, Link2, Undo2 } from 'lucide-react';
import { useReadOnly } from '../api/config.js';
import { Difference } from '../difference/difference.js';
import { counted, type Entry } from '../difference/rows.js';
import { useSetSearch } from '../ui/address.js';
import { IconButton } from '../ui/button.js';
import { copyText } from '../ui/copy.js';
import { Menu } from '../ui/menu.js';
import { Time } from '../ui/time.js';
import css from './history.module.css';

type EntryCardProps = Readonly<{ entry: Entry; setting?: string | undefined }>;

/** One transaction: who, when, why, and the difference that it made. */
export function EntryCard({ entry, setting }: EntryCardProps) {
  const { seq, at, actor, message, request_id, changes, changes_omitted } = entry;
  const id = `entry-${seq}`;
  return (
    <article className={css['entry']} aria-labelledby={id}>
      <header className={css['head']}>
        <h3 id={id} className={css['who']}>
          <span>{actor}</span> <Time at={at} />
        </h3>
        <span className={css['facts']}>
          {request_id === null && <span>outside the API</span>}
          <Link to="/changes/$seq" params={{ seq: String(seq) }} aria-label={`Change ${seq}`}>
            #{seq}
          </Link>
        </span>
        <EntryMenu entry={entry} />
      </header>
      {message !== null && <p className={css['message']}>{message}</p>}
      <Difference changes={changes} isOfSetting={setting !== undefined} label={`What ${actor} changed`} />
      {changes_omitted > 0 && (
        <p className={css['more']}>
          <Link to="/changes/$seq" params={{ seq: String(seq) }}>
            and {counted(changes_omitted)} more
          </Link>
        </p>
      )}
    </article>
  );
}

/** Taking it back, and going to how it was then. */
export function EntryMenu({
  entry: { seq, actor },
  isRevertShown = true,
}: Readonly<{ entry: Entry; isRevertShown?: boolean }>) {
  const setSearch = useSetSearch();
  const readOnly = useReadOnly();
  return (
    <span className={css['actions']}>
      {readOnly === undefined && isRevertShown && (
        <IconButton
          label={`Take back change ${seq} of ${actor}`}
          onClick={() => setSearch({ revert: String(seq) }, true)}
        >
          <Undo2 aria-hidden />
        </IconButton>
      )}
      <Menu
        trigger={
          <IconButton label={`More about change ${seq}`}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
        entries={[
          {
            label: 'Look at how it was after this',
            icon: <Clock aria-hidden />,
            onSelect: () => setSearch({ asof: String(seq) }, true),
          },
          {
            label: 'Look at how it was before this',
            icon: <Clock aria-hidden />,
            onSelect: () => setSearch({ asof: String(seq - 1) }, true),
          },
          'line',
          {
            label: 'Copy link',
            icon: <Link2 aria-hidden />,
            onSelect: () => copyText(new URL(`changes/${seq}`, document.baseURI).href, 'the link'),
          },
        ]}
      />
    </span>
  );
}
