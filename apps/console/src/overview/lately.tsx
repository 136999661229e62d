import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { Failure } from '../ui/failure.js';
import { Time } from '../ui/time.js';
import css from './overview.module.css';
import { type HistoryEntry, sittingsOf, wordsOf } from './words.js';

/** Of one entry. */
const SHOWN_CHANGES = 3;

/** The newest changes in words, those of one actor together. */
export function Lately() {
  const { data: answer, error } = useQuery({
    queryKey: [...keys.history, 'lately'],
    queryFn: ({ signal }) => request('get', '/api/v1/history', { query: { limit: 20 }, signal }),
  });
  return (
    <section className={css['card']}>
      <header className={css['cardHead']}>
        <h2>Lately</h2>
        <Link to="/changes">all changes</Link>
      </header>
      {error !== null && <Failure error={error} />}
      {sittingsOf(answer?.data.entries ?? []).map(({ actor, entries }) => (
        <div key={entries[0]?.seq} className={css['sitting']}>
          <p className={css['actor']}>
            <b>{actor}</b>{' '}
            <span className={css['soft']}>{entries[0] !== undefined && <Time at={entries[0].at} />}</span>
          </p>
          <ul>
            {entries.map((entry) => (
              <Entry key={entry.seq} entry={entry} />
            ))}
          </ul>
        </div>
      ))}
      {answer?.data.entries.length === 0 && (
        <p className={css['soft']}>Nothing was changed since the change log begins.</p>
      )}
    </section>
  );
}

function Entry({ entry }: Readonly<{ entry: HistoryEntry }>) {
  const { seq, changes, changes_omitted, message } = entry;
  const more = changes.length - SHOWN_CHANGES + changes_omitted;
  return (
    <>
      {changes.slice(0, SHOWN_CHANGES).map((change, index) => {
        const { verb, setting, rest } = wordsOf(change);
        return (
          <li key={index}>
            <Link to="/changes/$seq" params={{ seq: String(seq) }} className={css['change']}>
              {verb}
            </Link>{' '}
            {setting !== undefined && (
              <Link to="/settings/$name" params={{ name: setting }} className={css['setting']}>
                {setting}
              </Link>
            )}{' '}
            <code className={css['soft']}>{rest}</code>
          </li>
        );
      })}
      {more > 0 && <li className={css['soft']}>and {more.toLocaleString('en')} more</li>}
      {message !== null && <li className={css['message']}>“{message}”</li>}
    </>
  );
}
